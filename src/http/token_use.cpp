#include "http/token_use.h"

#include <utility>

namespace pythia::http {

TokenUse::TokenUse(Write write)
    : write_(std::move(write)), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

TokenUse::~TokenUse() {
  thread_.request_stop();
  thread_.join();
}

void TokenUse::Note(const std::string& name, const std::string& day) {
  {
    const std::scoped_lock lock(mutex_);
    if (day_ != day) {
      day_ = day;
      seen_.clear();
    }
    if (!seen_.insert(name).second) return;
    waiting_.push_back(name);
  }
  changed_.notify_one();
}

void TokenUse::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
    if (waiting_.empty()) return;  // stopped, and nothing is left
    const std::vector<std::string> names = std::exchange(waiting_, {});
    lock.unlock();
    std::vector<std::string> failed;
    for (const std::string& name : names) {
      if (!write_(name)) failed.push_back(name);
    }
    lock.lock();
    for (const std::string& name : failed) seen_.erase(name);
  }
}

}  // namespace pythia::http
