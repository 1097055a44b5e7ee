/* The presigned download host: files of exports, on a port of its own. */
#ifndef SIM_DOWNLOAD_H
#define SIM_DOWNLOAD_H

#include "sim.h"

/* GET /files/NAME?key=…&expires=…&signature=…: the file, a part of it, a redirect or a refusal. */
void download_serve(struct sim *sim, struct request *request, struct reply *reply);

#endif
