#include "store/mongodb/json_document.h"

#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "store/mongodb/field_names.h"

namespace pythia::mongo {
namespace {

using Json = nlohmann::json;

Document ListFrom(const Json& json);

void Append(const std::string& key, const Json& value, Document* out) {
  switch (value.type()) {
    case Json::value_t::string:
      out->Text(key, value.get_ref<const std::string&>());
      return;
    case Json::value_t::boolean:
      out->Flag(key, value.get<bool>());
      return;
    case Json::value_t::number_integer:
      out->Whole(key, value.get<int64_t>());
      return;
    case Json::value_t::number_float:
      out->Number(key, value.get<double>());
      return;
    case Json::value_t::object:
      out->Inner(key, DocumentFrom(value));
      return;
    case Json::value_t::array:
      PYTHIA_CHECK(bson_append_array(out->get(), key.data(), static_cast<int>(key.size()),
                                     ListFrom(value).get()));
      return;
    case Json::value_t::number_unsigned: {
      const auto number = value.get<uint64_t>();
      if (number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        out->Whole(key, static_cast<int64_t>(number));
        return;
      }
      bson_decimal128_t decimal;
      PYTHIA_CHECK(bson_decimal128_from_string(std::to_string(number).c_str(), &decimal));
      PYTHIA_CHECK(
          bson_append_decimal128(out->get(), key.data(), static_cast<int>(key.size()), &decimal));
      return;
    }
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      out->Null(key);
      return;
  }
}

Document ListFrom(const Json& json) {
  Document list;
  for (size_t i = 0; i < json.size(); ++i) Append(std::to_string(i), json[i], &list);
  return list;
}

Json ValueFrom(const bson_iter_t& field) {
  const bson_iter_t* at = &field;
  uint32_t size = 0;
  const uint8_t* data = nullptr;
  switch (bson_iter_type(at)) {
    case BSON_TYPE_UTF8: {
      const char* text = bson_iter_utf8(at, &size);
      return std::string(text, size);
    }
    case BSON_TYPE_DOUBLE:
      return bson_iter_double(at);
    case BSON_TYPE_INT32:
      return bson_iter_int32(at);
    case BSON_TYPE_INT64:
      return bson_iter_int64(at);
    case BSON_TYPE_BOOL:
      return bson_iter_bool(at);
    case BSON_TYPE_DECIMAL128: {
      bson_decimal128_t decimal;
      bson_iter_decimal128(at, &decimal);
      char text[BSON_DECIMAL128_STRING];
      bson_decimal128_to_string(&decimal, text);
      return Json::parse(text, nullptr, false);
    }
    case BSON_TYPE_DOCUMENT:
      bson_iter_document(at, &size, &data);
      return JsonFrom(Reader(data, size));
    case BSON_TYPE_ARRAY: {
      Json list = Json::array();
      bson_iter_t item;
      if (!bson_iter_recurse(at, &item)) return list;
      while (bson_iter_next(&item)) list.push_back(ValueFrom(item));
      return list;
    }
    default:
      return {};
  }
}

}  // namespace

Document DocumentFrom(const Json& json) {
  PYTHIA_CHECK(json.is_object());
  Document document;
  for (const auto& [name, value] : json.items()) Append(FieldName(name), value, &document);
  return document;
}

Json JsonFrom(const Reader& document) {
  Json json = Json::object();
  bson_iter_t field;
  if (!document.Start(&field)) return json;
  while (bson_iter_next(&field)) json[NameOfField(bson_iter_key(&field))] = ValueFrom(field);
  return json;
}

}  // namespace pythia::mongo
