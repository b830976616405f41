// What bodies in memory may take together: many large ones at once are refused, not swapped.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace pythia::http {

// Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(uint64_t most) : most_(most) {}

  // What one body takes, given back at its end. Not thread-safe. The budget outlives it.
  class Share {
   public:
    Share() = default;
    explicit Share(BodyBudget* budget) : budget_(budget) {}
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (budget_ != nullptr) budget_->used_ -= bytes_;
    }

    // The body has so many bytes now; false where there is no room. Small bodies always have: the
    // number of connections bounds them.
    bool Cover(uint64_t bytes) {
      if (bytes <= kSmallBytes || bytes <= bytes_) return true;
      const uint64_t more = bytes - bytes_;
      if (budget_->used_.fetch_add(more) + more > budget_->most_) {
        budget_->used_ -= more;
        return false;
      }
      bytes_ = bytes;
      return true;
    }

   private:
    BodyBudget* budget_ = nullptr;
    uint64_t bytes_ = 0;
  };

  static constexpr uint64_t kSmallBytes = 64 << 10;

 private:
  const uint64_t most_;
  std::atomic<uint64_t> used_ = 0;
};

}  // namespace pythia::http
