// The page for browsers: its files are in the program (web/embed.mjs makes PageFiles()).
#pragma once

#include <span>
#include <string_view>

#include "http/message.h"

namespace pythia::http {

struct PageFile {
  std::string_view path;  // "/index.html", "/assets/index-1a2b3c4d.js"
  std::string_view content_type;
  std::string_view sha256;  // of `bytes`, in hexadecimal
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed
};

std::span<const PageFile> PageFiles();

// The file with what a browser needs to keep it: 304 where the request has it already, compressed
// where the request takes that. Files under /assets/ carry a hash in their name and never change.
Response ServePageFile(const PageFile& file, const Request& request);

// Whether an Accept-Encoding takes gzip.
bool TakesGzip(std::string_view accept_encoding);

// Whether an If-None-Match names the tag (written with its quotes).
bool NamesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace pythia::http
