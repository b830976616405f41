#include "base/module.h"

#include <dlfcn.h>

#include <filesystem>

#include <fmt/format.h>

namespace pythia {
namespace {

// Where this library lies: the build folder's lib/ or the installed one.
std::filesystem::path OwnFolder() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&OwnFolder), &info) == 0) return {};
  return std::filesystem::path(info.dli_fname).parent_path();
}

Error NotLoaded(std::string_view file, std::string_view package) {
  const char* why = ::dlerror();
  return Error{.code = ErrorCode::kIo,
               .message = fmt::format("a part of pythia cannot be loaded: {}",
                                      why == nullptr ? file : std::string_view(why)),
               .hint = fmt::format("Install it with all it needs: apt-get install {}", package)};
}

}  // namespace

Result<void*> LoadFromModule(std::string_view file, const std::string& symbol,
                             std::string_view package) {
  const std::filesystem::path path = OwnFolder() / file;
  void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return Fail(NotLoaded(file, package));
  void* const address = ::dlsym(module, symbol.c_str());
  if (address == nullptr) return Fail(NotLoaded(file, package));
  return address;
}

}  // namespace pythia
