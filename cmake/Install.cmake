# install + find_package(arcuate): tests/consumer builds a program against the result.
include(CMakePackageConfigHelpers)
install(TARGETS arcuate ${ARCUATE_LAYERS} EXPORT arcuate-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/arcuate)
install(TARGETS arcuate_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY assets models studies DESTINATION ${CMAKE_INSTALL_DATADIR}/arcuate)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/arcuate)
install(EXPORT arcuate-targets NAMESPACE arcuate:: DESTINATION ${config_dir})
configure_package_config_file(cmake/arcuate-config.cmake.in arcuate-config.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(arcuate-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/arcuate-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/arcuate-config-version.cmake
  DESTINATION ${config_dir})
