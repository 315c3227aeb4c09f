/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carries bytes between the multiplexer, the clients' channels and whoever has the port,
 * in turns: a few bytes of each client, so that none is served at the expense of others,
 * and before that whatever was typed.
 */
#ifndef SERIAL_SERVICE_H
#define SERIAL_SERVICE_H

#include "mux.h"

void service_init(void);

/* A client, behind channel `number`; in the order in which they are counted. */
void service_add(const char *name, unsigned number, void *memory, char *scroll, size_t scroll_size);
void service_start(const char *focus, bool is_machine);

/* What was typed; what can't be looked at soon enough is lost. */
void service_typed(const uint8_t *bytes, size_t count);

/* False if nothing moved: then nothing will before a signal, the deadline, or room for
 * output. */
bool service_turn(uint64_t now_us);
uint64_t service_deadline(void);
bool service_output(uint8_t *byte);
bool service_has_output(void);

#endif
