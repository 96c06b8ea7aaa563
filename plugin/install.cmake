# What is installed?  gouache.h, the library, and what find_package(Gouache) and pkg-config need to find them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS gouache_plugin EXPORT GouacheTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES plugin/include/gouache/gouache.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gouache)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Gouache)
install(EXPORT GouacheTargets NAMESPACE Gouache:: DESTINATION ${config_folder})
configure_package_config_file(plugin/GouacheConfig.cmake.in ${CMAKE_BINARY_DIR}/GouacheConfig.cmake INSTALL_DESTINATION ${config_folder})
# Until 1.0 every minor release may change the interface.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/GouacheConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/GouacheConfig.cmake ${CMAKE_BINARY_DIR}/GouacheConfigVersion.cmake DESTINATION ${config_folder})

file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)  # so that `cmake --install --prefix` may choose another
configure_file(plugin/gouache.pc.in ${CMAKE_BINARY_DIR}/gouache.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/gouache.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
