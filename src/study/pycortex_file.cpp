#include "study/pycortex_file.h"

#include <ATen/ATen.h>

#include <cctype>

#include "core/text.h"
#include "io/hdf5.h"
#include "io/json.h"

namespace arcuate {
namespace {

// "r, layer 4" -> "r_layer_4".
std::string plain_name(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (kept)
      plain += c;
    else if (!plain.empty() && plain.back() != '_')
      plain += '_';
  }
  while (plain.ends_with('_')) plain.pop_back();
  return plain;
}

// From the smallest to the largest number; JSON's null, which lets pycortex choose, without any.
std::pair<std::string, std::string> limits(const at::Tensor& values) {
  const auto known = values.masked_select(at::isfinite(values));
  if (known.numel() == 0) return {"null", "null"};
  return {shortest(known.min().item<double>()), shortest(known.max().item<double>())};
}

}  // namespace

void write_pycortex_file(const std::filesystem::path& path, const PycortexVolume& volume,
                         const std::vector<std::string>& names, const std::vector<at::Tensor>& values) {
  Hdf5Writer file(path);
  for (size_t i = 0; i < names.size(); ++i) {
    const auto name = plain_name(names[i]);
    const auto [low, high] = limits(values[i]);
    file.write("data/" + name, values[i].to(at::kFloat));
    file.attribute_of("data/" + name, "subject", volume.subject);
    file.attribute_of("data/" + name, "mask", volume.mask);
    file.write("views/" + name, {json_text(Json{name}, -1), names[i], "inferno", low, high, "null",
                                 json_text({{"priority", i + 1}}, -1), json_text(Json{volume.transform}, -1)});
  }
  file.finish();
}

}  // namespace arcuate
