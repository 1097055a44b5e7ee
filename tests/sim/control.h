/* /_sim/…: how tests steer the simulator and look at what it saw. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "sim.h"

void control_serve(struct sim *sim, struct request *request, struct reply *reply);

#endif
