// The identity of the data that a model was trained on.
#pragma once

#include <string>

#include "campaign/table.h"

namespace pythia {

// SHA-256 over the values of all columns in order: the data's identity in a model. Categories count
// by text, so that any store gives the same.
std::string DataDigest(const Table& table);

}  // namespace pythia
