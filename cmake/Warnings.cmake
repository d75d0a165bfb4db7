# Warnings are private to the project: consumers do not inherit them.
add_library(arcuate_warnings INTERFACE)
target_compile_options(arcuate_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports overflows that cannot happen in std::string's operator+ once it is inlined (GCC bug 105651).
  target_compile_options(arcuate_warnings INTERFACE -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
endif()
if(ARCUATE_WERROR)
  target_compile_options(arcuate_warnings INTERFACE -Werror)
endif()
if(ARCUATE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
