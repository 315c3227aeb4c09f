/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the clients' ends of all kinds of channels have in common, inside lib/l4.
 *
 * The client's own counters are kept in its structs; the shared ones are only written.
 * Who stores a counter and then looks at the other side's, to know whether that may be
 * asleep, has a fence in between, as the other side does: one of the two sees the other's
 * news.
 */
#ifndef LIB_L4_CLIENT_H
#define LIB_L4_CLIENT_H

#include <proto/client.h>

/* CLIENT_LOST: the server has forgotten the client, which has to begin again. */
enum client_state { CLIENT_OPENING, CLIENT_OPEN, CLIENT_LOST };

enum client_state client_check(struct channel_client *c);

/* Asks the server to open.  The client's counters in shared memory are 0 by now. */
void client_begin(struct channel_client *c);

#endif
