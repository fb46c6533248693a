# SPDX-License-Identifier: BSL-1.0
"""Telethon as a client of mtfetch-dc: signs in as a bot and as a person, and downloads every file
byte for byte, over each of its framings."""

import argparse
import asyncio
import hashlib
import json
import pathlib
import sys

import telethon
from telethon import TelegramClient, errors, functions, types
from telethon.crypto import rsa
from telethon.network import connection as framings
from telethon.sessions import MemorySession

FRAMINGS = (framings.ConnectionTcpFull, framings.ConnectionTcpAbridged,
            framings.ConnectionTcpIntermediate, framings.ConnectionTcpObfuscated)
LARGE = 10 * 1024 * 1024  # and more is fetched over the first framing only: obfuscation is Python there
PHONE, CODE, PASSWORD = "+15550001234", "24680", "secret words"


class LocalClient(TelegramClient):
    """Knows the addresses of the network file instead of Telegram's."""

    def __init__(self, network, framing):
        session = MemorySession()
        home = next(dc for dc in network["dcs"] if dc["id"] == network["home_dc"])
        session.set_dc(home["id"], home["ip"], home["port"])
        super().__init__(session, 12345, "0123456789abcdef0123456789abcdef", connection=framing,
                         connection_retries=1, request_retries=2, receive_updates=False)


def digest(data):
    return hashlib.sha256(data).hexdigest()


async def download_all(client, served, framing):
    channel = await client.get_entity("files")
    wanted = sorted(path for path in served.iterdir() if path.is_file())
    ids = list(range(1, len(wanted) + 1))
    messages = await client.get_messages(channel, ids=ids)
    for path, message in zip(wanted, messages):
        if path.stat().st_size > LARGE and framing is not FRAMINGS[0]:
            continue
        assert message.file.name == path.name, (message.file.name, path.name)
        got = await client.download_media(message, file=bytes)
        assert digest(got) == digest(path.read_bytes()), path.name
        print(f"    {path.name}: {len(got)} bytes from DC {message.document.dc_id}, equal")
    gone = await client.get_messages(channel, ids=len(wanted) + 7)
    assert gone is None


async def as_a_bot(network, served, token, framing):
    client = LocalClient(network, framing)
    await client.start(bot_token=token)
    me = await client.get_me()
    assert me.bot and me.id == int(token.split(":")[0])
    print(f"  {framing.__name__}: signed in as a bot")
    await download_all(client, served, framing)
    try:
        await client(functions.messages.GetDialogsRequest(
            offset_date=None, offset_id=0, offset_peer=types.InputPeerEmpty(), limit=10, hash=0))
        raise AssertionError("a bot was let into the dialogs")
    except errors.BotMethodInvalidError:
        pass
    await client.disconnect()


async def as_a_person(network, served):
    client = LocalClient(network, framings.ConnectionTcpFull)
    await client.connect()
    sent = await client.send_code_request(PHONE)
    try:
        await client.sign_in(PHONE, code="00000", phone_code_hash=sent.phone_code_hash)
        raise AssertionError("a wrong code was taken")
    except errors.PhoneCodeInvalidError:
        pass
    try:
        await client.sign_in(PHONE, code=CODE, phone_code_hash=sent.phone_code_hash)
        raise AssertionError("the password was not asked for")
    except errors.SessionPasswordNeededError:
        pass
    try:
        await client.sign_in(password="not it")
        raise AssertionError("a wrong password was taken")
    except errors.PasswordHashInvalidError:
        pass
    me = await client.sign_in(password=PASSWORD)
    assert me.first_name == "Ada"
    print("  signed in by phone, code and password")
    dialogs = await client.get_dialogs()
    assert [dialog.name for dialog in dialogs] == ["files"], dialogs
    names = [message.file.name async for message in client.iter_messages("files")]
    wanted = sorted((path.name for path in served.iterdir()), reverse=True)
    assert names == wanted, (names, wanted)
    print("  read the dialogs and the history")
    await client.disconnect()


async def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--network", required=True, type=pathlib.Path)
    parse.add_argument("--served", required=True, type=pathlib.Path)
    parse.add_argument("--token", required=True)
    given = parse.parse_args()
    network = json.loads(given.network.read_text())
    for key in network["rsa_keys"]:
        rsa.add_key(key, old=False)
    layer = telethon.tl.alltlobjects.LAYER
    print(f"Telethon {telethon.__version__}, layer {layer}, Python {sys.version.split()[0]}")
    for framing in FRAMINGS:
        await as_a_bot(network, given.served, given.token, framing)
    await as_a_person(network, given.served)
    print("all equal")


asyncio.run(main())
