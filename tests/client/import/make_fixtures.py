# SPDX-License-Identifier: BSL-1.0
"""Writes data/ beside it, with other hands than ours: Telethon's and Pyrogram's own classes make their
files, and tdata is written from the format's description. `pip install telethon pyrogram`, then run."""
import asyncio
import hashlib
import pathlib
import sqlite3
import struct

from pyrogram.storage import FileStorage
from telethon.crypto import AES, AuthKey
from telethon.sessions import SQLiteSession
from telethon.tl import types

DATA = pathlib.Path(__file__).resolve().parent / "data"
KEY = bytes(range(256))
SALT = bytes(range(32))


def small(file):
    database = sqlite3.connect(file)
    database.execute("PRAGMA page_size = 512")
    database.execute("VACUUM")
    database.close()


def telethon():
    file = DATA / "telethon.session"
    file.unlink(missing_ok=True)
    session = SQLiteSession(str(file))
    session.set_dc(2, "149.154.167.50", 443)
    session.auth_key = AuthKey(KEY)
    session.process_entities(types.contacts.ResolvedPeer(None, [types.InputPeerUser(0, 777000123)], []))
    session.process_entities(types.contacts.ResolvedPeer(None, [
        types.Channel(id=1234, title="Files", photo=types.ChatPhotoEmpty(), date=None,
                      access_hash=-99, username="files")],
        [types.User(id=4242, access_hash=7, username="ada", first_name="Ada")]))
    session.save()
    session.close()
    small(file)


async def pyrogram():
    file = DATA / "pyrogram.session"
    file.unlink(missing_ok=True)
    storage = FileStorage("pyrogram", DATA)
    await storage.open()
    for name, value in (("dc_id", 4), ("api_id", 12345), ("test_mode", False), ("auth_key", KEY),
                        ("user_id", 5000801609), ("is_bot", True)):
        await getattr(storage, name)(value)
    await storage.update_peers([(4242, 7, "user", "ada", None),
                                (-1000000001234, -99, "channel", "files", None)])
    await storage.save()
    await storage.close()
    small(file)


def array(data):
    return struct.pack(">I", len(data)) + data


def tdf(data):
    version = struct.pack("<i", 6000001)
    end = hashlib.md5(data + struct.pack("<i", len(data)) + version + b"TDF$").digest()
    return b"TDF$" + version + data + end


def sealed(data, key):
    plain = struct.pack("<i", len(data) + 4) + data
    plain += bytes(-len(plain) % 16)
    name = hashlib.sha1(plain).digest()[:16]
    sha = lambda *parts: hashlib.sha1(b"".join(parts)).digest()
    a, b = sha(name, key[8:40]), sha(key[40:56], name, key[56:72])
    c, d = sha(key[72:104], name), sha(name, key[104:136])
    return name + AES.encrypt_ige(plain, a[:8] + b[8:20] + c[4:16], a[8:20] + b[:8] + c[16:20] + d[:8])


def account(user, dc, keys, wide):
    head = struct.pack(">qQi", -1, user, dc) if wide else struct.pack(">ii", user, dc)
    block = head + struct.pack(">i", len(keys))
    block += b"".join(struct.pack(">i", at) + key for at, key in keys) + struct.pack(">i", 0)
    return struct.pack(">i", 0x4B) + array(block)


def tdata(name, accounts, passcode, legacy=False):
    folder = DATA / name
    (folder / "D877F783D5D3EF8C").mkdir(parents=True, exist_ok=True)
    local = hashlib.shake_256(b"local").digest(256)
    if legacy:
        key = hashlib.pbkdf2_hmac("sha1", passcode, SALT, 4000 if passcode else 4, 256)
        info, file = b"", "D877F783D5D3EF8C/map1"
    else:
        key = hashlib.pbkdf2_hmac("sha512", hashlib.sha512(SALT + passcode + SALT).digest(), SALT,
                                  100000 if passcode else 1, 256)
        info = struct.pack(f">{len(accounts) + 2}i", len(accounts), *range(len(accounts)), 0)
        file = "key_datas"
    (folder / file).write_bytes(tdf(array(SALT) + array(sealed(local, key)) + array(sealed(info, local))))
    for data, each in zip(("D877F783D5D3EF8C", "A7FDF864FBC10B77"), accounts):
        (folder / (data + ("1" if legacy else "s"))).write_bytes(tdf(array(sealed(each, local))))


DATA.mkdir(exist_ok=True)
telethon()
asyncio.run(pyrogram())
OTHER = bytes(reversed(KEY))
tdata("tdata_two", [account(777000123, 2, [(2, KEY), (4, OTHER)], True),
                    account(5000801609, 4, [(4, OTHER)], True)], b"123123")
tdata("tdata_old", [account(777000123, 2, [(2, KEY)], False)], b"pass", True)
