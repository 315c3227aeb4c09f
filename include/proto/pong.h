/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What pong does for whoever sends it a message: it answers PONG_LABEL with one
 * word n in MR1 by the word n + 1 in MR1, and with its processor in MR2.
 */
#ifndef PROTO_PONG_H
#define PROTO_PONG_H

#define PONG_LABEL 0x20

#endif
