// The JSON form of a record as a BSON document with real fields, and back.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "store/mongodb/document.h"

namespace pythia::mongo {

// Requires an object. Whole numbers above 2^63 become decimals, for BSON has no unsigned ones.
Document DocumentFrom(const nlohmann::json& json);

// Fields of types that JSON lacks read as null.
nlohmann::json JsonFrom(const Reader& document);

}  // namespace pythia::mongo
