// A step of answering a request: it goes on with a T, or ends with the response that says why not.
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "http/message.h"

namespace pythia::http {

template <typename T>
using OrRefusal = tl::expected<T, Response>;

inline tl::unexpected<Response> Refuse(Response response) {
  return tl::unexpected<Response>(std::move(response));
}
inline tl::unexpected<Response> Refuse(int status, std::string_view detail) {
  return Refuse(Problem(status, StatusText(status), detail));
}

}  // namespace pythia::http
