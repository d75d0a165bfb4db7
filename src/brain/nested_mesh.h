// Spheres whose triangles were cut in four again and again, as FreeSurfer's averages are: fsaverage (163842 vertices a
// hemisphere), fsaverage6 (40962), fsaverage5 (10242) and coarser ones. The vertices of a coarser one are the first of
// a finer one, so what is known of fsaverage is known of all of them. Shapes: V vertices, F triangles.
#pragma once
#include <cstdint>

#include "brain/mesh.h"

namespace arcuate {

/// Vertices of the mesh from which one of so many was cut; 0 if there is none (V is no 10 * 4^k + 2 with k > 0).
int64_t coarser_vertices(int64_t vertices);

/// Whether so many vertices are the first of a mesh of `finer` vertices: reached by steps of coarser_vertices.
bool is_nested(int64_t vertices, int64_t finer);

/// The mesh from which this one was cut: its first (V - 2) / 4 + 2 vertices, and a triangle for each one whose corners
/// all are new, as its sides lead to. Errors: input, for a mesh that was not made so.
Mesh coarser_mesh(const Mesh& mesh);

/// That step until there are so many vertices. Errors: input, unless is_nested.
Mesh coarsened(Mesh mesh, int64_t vertices);

}  // namespace arcuate
