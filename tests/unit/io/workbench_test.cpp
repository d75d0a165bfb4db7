// Both directions between arcuate and Connectome Workbench. Of files that Workbench wrote
// (tests/reference/make_workbench.py) the readers find what numpy and the words of its commands say; what arcuate
// writes comes back from Workbench, where it is installed, as it was.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/files.h"
#include "external.h"
#include "fixture.h"
#include "io/cifti.h"
#include "io/gifti.h"
#include "io/gifti_series.h"
#include "io/json.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

using test::largest_difference;
using test::source_path;

fs::path stored(const std::string& name) { return source_path("reference/workbench") / name; }

at::Tensor from_json(const Json& json) { return at::tensor(json.get<std::vector<double>>(), at::kDouble); }

at::Tensor matrix_of(const Json& json) {
  std::vector<at::Tensor> rows;
  for (const auto& row : json) rows.push_back(from_json(row));
  return at::stack(rows);
}

// The files of one format.
std::map<std::string, Json> files_of(const std::string& kind) {
  const auto expected = read_json(stored("expected.json"));
  std::map<std::string, Json> files;
  for (const auto& [name, file] : expected.items())
    if (file.at("kind") == kind) files[name] = file;
  return files;
}

void expect_labels(const std::vector<GiftiLabel>& found, const Json& expected) {
  EXPECT_EQ(found.size(), expected.size());
  for (const auto& label : found) {
    ASSERT_TRUE(expected.contains(std::to_string(label.key))) << label.key;
    const auto& entry = expected.at(std::to_string(label.key));
    EXPECT_EQ(label.name, entry.at(0));
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(label.rgba[i], entry.at(i + 1).get<double>(), 1e-5) << label.name;
  }
}

TEST(Workbench, volumes_are_read) {
  const auto files = files_of("nifti");
  ASSERT_EQ(files.size(), 4u);
  for (const auto& [name, expected] : files) {
    SCOPED_TRACE(name);
    const auto nifti = read_nifti(stored(name));
    const auto& header = nifti.header;
    EXPECT_EQ(header.shape, expected.at("shape").get<std::vector<int64_t>>());
    EXPECT_EQ(header.stored_type, expected.at("type"));
    EXPECT_LT(largest_difference(header.affine, matrix_of(expected.at("affine"))), 1e-5);
    EXPECT_EQ(header.affine_from, "sform");
    EXPECT_EQ(header.space_unit, "mm");
    EXPECT_NEAR(header.tr, expected.at("tr"), 1e-6);
    EXPECT_LE(largest_difference(nifti.values.flatten(), from_json(expected.at("values"))), expected.at("tolerance"));
    for (const auto& map : expected.at("maps")) {
      constexpr int caret = 30;  // the extension that holds names of volumes
      ASSERT_EQ(header.extensions.at(0).code, caret);
      EXPECT_NE(header.extensions[0].bytes.find(map.get<std::string>()), std::string::npos) << map;
    }
  }
}

TEST(Workbench, metrics_and_labels_are_read) {
  const auto files = files_of("gifti");
  ASSERT_EQ(files.size(), 4u);
  for (const auto& [name, expected] : files) {
    SCOPED_TRACE(name);
    const auto gifti = read_gifti(stored(name));
    EXPECT_EQ(gifti.metadata.at("AnatomicalStructurePrimary"), expected.at("structure"));
    const auto& maps = expected.at("maps");
    ASSERT_EQ(gifti.arrays.size(), maps.size());
    for (size_t i = 0; i < maps.size(); ++i) EXPECT_EQ(gifti.arrays[i].metadata.at("Name"), maps[i]);
    const auto values = from_json(expected.at("values")).reshape(expected.at("shape").get<std::vector<int64_t>>());
    EXPECT_EQ(largest_difference(read_gifti_series(stored(name)), values), 0);
    if (expected.contains("labels")) expect_labels(gifti.labels, expected.at("labels"));
  }
}

// Rows x places of a model, in the order of `places`.
at::Tensor columns_in_order(const Cifti& cifti, const CiftiModel& model, int64_t first, const Json& places) {
  std::vector<at::Tensor> columns;
  for (const auto& place : places) {
    int64_t at = 0;
    if (place.is_array())
      at = std::find(model.voxels.begin(), model.voxels.end(), place.get<std::array<int64_t, 3>>()) -
           model.voxels.begin();
    else
      at = std::find(model.vertices.begin(), model.vertices.end(), place.get<int64_t>()) - model.vertices.begin();
    if (at < model.size()) columns.push_back(cifti.values.select(1, first + at));
  }
  return columns.empty() ? at::Tensor() : at::stack(columns, 1);
}

TEST(Workbench, dense_files_are_read) {
  const auto files = files_of("cifti");
  ASSERT_EQ(files.size(), 2u);
  for (const auto& [name, expected] : files) {
    SCOPED_TRACE(name);
    const auto cifti = read_cifti(stored(name));
    const auto& header = cifti.header;
    EXPECT_EQ(header.rows, expected.at("rows").get<int64_t>());
    ASSERT_EQ(header.models.size(), expected.at("places").size());
    int64_t first = 0;
    for (const auto& model : header.models) {
      SCOPED_TRACE(model.structure);
      const auto& places = expected.at("places").at(model.structure);
      EXPECT_EQ(model.size(), std::ssize(places));
      const auto columns = columns_in_order(cifti, model, first, places);
      ASSERT_TRUE(columns.defined());
      EXPECT_EQ(largest_difference(columns.flatten(), from_json(expected.at("columns").at(model.structure))), 0);
      first += model.size();
    }
    EXPECT_EQ(first, cifti.values.size(1));
  }
}

TEST(Workbench, what_dense_files_say_of_rows_and_grids_is_read) {
  const auto files = files_of("cifti");
  const auto& expected = files.at("series.dtseries.nii");
  const auto series = read_cifti_header(stored("series.dtseries.nii"));
  EXPECT_EQ(series.kind, CiftiKind::series);
  EXPECT_NEAR(series.series.start, expected.at("series").at(0), 1e-6);
  EXPECT_NEAR(series.series.step, expected.at("series").at(1), 1e-6);
  EXPECT_EQ(series.series.unit, "SECOND");
  EXPECT_EQ(series.grid.shape, (expected.at("grid").get<std::array<int64_t, 3>>()));
  EXPECT_LT(largest_difference(series.grid.affine, matrix_of(expected.at("affine"))), 1e-5);
  const auto labels = read_cifti_header(stored("areas.dlabel.nii"));
  EXPECT_EQ(labels.kind, CiftiKind::labels);
  ASSERT_EQ(labels.maps.size(), 1u);
  EXPECT_EQ(labels.maps[0].name, "areas");
  expect_labels(labels.maps[0].labels, files.at("areas.dlabel.nii").at("labels"));
}

// The way there and back

// Each command turns "IN" into "OUT", which is then read. Skipped where there is no wb_command.
class ThroughWorkbench : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::output_of("wb_command -version")) GTEST_SKIP() << "needs wb_command";
  }
  fs::path in(const std::string& ending) const { return folder_ / ("in." + ending); }
  fs::path out(const std::string& ending) const { return folder_ / ("out." + ending); }
  void run(const std::string& command) const {
    ASSERT_EQ(test::output_of("cd '" + folder_.path().string() + "' && wb_command " + command + " > said"), "");
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(ThroughWorkbench, volumes_stay_what_they_are) {
  const auto read = read_nifti(stored("series.nii.gz"));
  for (const auto type : {at::kFloat, at::kInt, at::kShort, at::kByte}) {
    auto nifti = read;
    nifti.values = read.values.abs().to(type);
    write_nifti(in("nii.gz"), nifti);
    run("-volume-math x out.nii.gz -var x in.nii.gz");
    const auto again = read_nifti(out("nii.gz"));
    EXPECT_EQ(largest_difference(again.values, nifti.values), 0);
    EXPECT_LT(largest_difference(again.header.affine, nifti.header.affine), 1e-5);
    EXPECT_EQ(again.header.tr, nifti.header.tr);
  }
}

TEST_F(ThroughWorkbench, metrics_and_labels_stay_what_they_are) {
  for (const std::string ending : {"func.gii", "label.gii"}) {
    SCOPED_TRACE(ending);
    const auto gifti = read_gifti(stored(ending == "func.gii" ? "ascii.func.gii" : "areas.label.gii"));
    write_gifti(in(ending), gifti);
    run("-gifti-convert ASCII in." + ending + " out." + ending);
    const auto again = read_gifti(out(ending));
    EXPECT_EQ(again.metadata.at("AnatomicalStructurePrimary"), gifti.metadata.at("AnatomicalStructurePrimary"));
    ASSERT_EQ(again.arrays.size(), gifti.arrays.size());
    for (size_t i = 0; i < gifti.arrays.size(); ++i) {
      EXPECT_EQ(largest_difference(again.arrays[i].values, gifti.arrays[i].values), 0);
      EXPECT_EQ(again.arrays[i].metadata.at("Name"), gifti.arrays[i].metadata.at("Name"));
    }
    ASSERT_EQ(again.labels.size(), gifti.labels.size());
    for (size_t i = 0; i < gifti.labels.size(); ++i) EXPECT_EQ(again.labels[i].name, gifti.labels[i].name);
  }
}

TEST_F(ThroughWorkbench, dense_series_stay_what_they_are) {
  const auto cifti = read_cifti(stored("series.dtseries.nii"));
  write_cifti(in("dtseries.nii"), cifti);
  run("-cifti-math x out.dtseries.nii -var x in.dtseries.nii");
  const auto again = read_cifti(out("dtseries.nii"));
  EXPECT_EQ(largest_difference(again.values, cifti.values), 0);
  EXPECT_EQ(again.header.series.start, cifti.header.series.start);
  EXPECT_EQ(again.header.series.step, cifti.header.series.step);
  ASSERT_EQ(again.header.models.size(), cifti.header.models.size());
  for (size_t i = 0; i < cifti.header.models.size(); ++i) {
    EXPECT_EQ(again.header.models[i].structure, cifti.header.models[i].structure);
    EXPECT_EQ(again.header.models[i].vertices, cifti.header.models[i].vertices);
    EXPECT_EQ(again.header.models[i].voxels, cifti.header.models[i].voxels);
  }
}

TEST_F(ThroughWorkbench, dense_labels_become_those_of_a_surface) {
  const auto cifti = read_cifti(stored("areas.dlabel.nii"));
  write_cifti(in("dlabel.nii"), cifti);
  run("-cifti-separate in.dlabel.nii COLUMN -label CORTEX_LEFT out.label.gii");
  const auto gifti = read_gifti(out("label.gii"));
  ASSERT_EQ(gifti.arrays.size(), 1u);
  EXPECT_EQ(largest_difference(gifti.arrays[0].values, cifti.values[0]), 0);
  expect_labels(gifti.labels, files_of("cifti").at("areas.dlabel.nii").at("labels"));
}

}  // namespace
}  // namespace arcuate
