/*
 * The files of assets/ and the chart library, as the build compiles them into the program
 * (etl/cmake/embed_files.cmake).
 */
#ifndef REPORT_HTML_ASSETS_H
#define REPORT_HTML_ASSETS_H

extern const char asset_template[]; /* page.html */
extern const char asset_style[];    /* page.css */
extern const char asset_script[];   /* page.js */
extern const char asset_library[];  /* chart.min.js of Debian's package libjs-chart.js */

#endif
