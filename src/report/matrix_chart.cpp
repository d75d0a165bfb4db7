// A matrix is a heat map of square cells whose rows and columns have the same names.
#include "report/matrix_chart.h"

#include "report/heat_map.h"

namespace arcuate {

static HeatMap as_heat_map(const MatrixChart& chart) {
  return {.title = chart.title,
          .row_label = chart.row_label,
          .column_label = chart.column_label,
          .rows = chart.names,
          .columns = chart.names,
          .values = chart.values,
          .value_label = chart.value_label,
          .scale = chart.scale,
          .low = chart.low,
          .high = chart.high,
          .cell_text = chart.cell_text,
          .square = true,
          .simulated = chart.simulated};
}

std::string render_matrix_chart(const MatrixChart& chart) { return render_heat_map(as_heat_map(chart)); }

ChartData chart_data(const MatrixChart& chart) { return chart_data(as_heat_map(chart)); }

}  // namespace arcuate
