// Which rows a model is judged on.
//
// Forward in time where dates exist: the latest fifth of the rows, cut between two days. Else by a
// hash of the row's content and the seed, so that equal rows fall on one side; of Campaign_ID where
// it repeats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/table.h"

namespace pythia {

struct HeldOut {
  std::string rule;           // for people: "forward in time, from 2022-08-07"
  std::vector<uint8_t> test;  // [rows], 1: held out
};

HeldOut HoldOut(const Table& table, uint64_t seed);

// SHA-256 over the values of all columns in order: the data's identity in a model. Categories count
// by text, so that any store gives the same.
std::string DataDigest(const Table& table);

}  // namespace pythia
