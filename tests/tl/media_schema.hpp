// SPDX-License-Identifier: BSL-1.0
// A small schema with one of each: classes, flags of two words, vectors, every basic type.
#pragma once

namespace mtfetch::tl_test {

inline constexpr const char* media_schema = R"(
storage.fileJpeg#007efe0e = storage.FileType;
storage.fileMp4#b3cea0e4 = storage.FileType;
upload.file#096a18d5 type:storage.FileType mtime:int bytes:bytes = upload.File;
inputPhotoFileLocation id:long access_hash:long = InputFileLocation;
inputDocumentFileLocation#bad07584 id:long access_hash:long file_reference:bytes thumb_size:string = InputFileLocation;
fileHash#f39b035c offset:long limit:int hash:bytes = FileHash;
geoPoint flags:# long:double lat:double accuracy_radius:flags.0?int = GeoPoint;
geoPointEmpty#1117dd5f = GeoPoint;
pair left:%fileHash right:Vector<Vector<int>> = Pair;
sample flags:# silent:flags.0?true title:flags.1?string big:flags.1?long flags2:# key:flags2.0?int256 nonce:int128 place:flags2.31?GeoPoint done:Bool names:Vector<string> ids:vector<long> = Sample;
tree children:Vector<Tree> = Tree;
---functions---
upload.getFile#be5335be flags:# precise:flags.0?true cdn_supported:flags.1?true location:InputFileLocation offset:long limit:int = upload.File;
upload.getFileHashes#9156982a location:InputFileLocation offset:long = Vector<FileHash>;
takeout flags:# files:flags.5?true file_max_size:flags.5?long = Bool;
counts = Vector<int>;
invoke {X:Type} query:!X = X;
)";

}  // namespace mtfetch::tl_test
