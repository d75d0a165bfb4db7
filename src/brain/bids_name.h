// Names of files in BIDS: entities in any order, a suffix, an extension, as in
// sub-01_task-x_run-1_space-MNI_desc-preproc_bold.nii.gz.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace arcuate {

struct BidsName {
  std::map<std::string, std::string> entities{};  ///< "task" -> "x"
  std::string suffix{};                           ///< "bold"
  std::string extension{};                        ///< ".nii.gz", from the first dot of what follows the suffix

  /// The value of an entity; "" if it has none.
  std::string of(const std::string& entity) const;
  /// The same without these entities: "sub-01_task-x_run-1", in the order of BIDS for those that matter here.
  std::string without(std::initializer_list<std::string_view> entities) const;
};

/// Nothing for a name that is not one of BIDS.
std::optional<BidsName> parse_bids_name(std::string_view file_name);

/// The file that says something about `scan` by the inheritance principle: of all files of this suffix and extension
/// whose entities the scan has, too, the one in the deepest of the folders root, root/sub-…, root/sub-…/ses-… and their
/// func, and there the one of most entities. "" if there is none.
std::filesystem::path inherited_file(const std::filesystem::path& root, const BidsName& scan, std::string_view suffix,
                                     std::string_view extension);

}  // namespace arcuate
