/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An archive's medium in memory: save with stream_write, set stream_at to 0, load with
 * stream_read.  Too much of either stops the test.
 */
#ifndef TESTS_EMU_STREAM_H
#define TESTS_EMU_STREAM_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static uint8_t stream[0x10000];
static size_t stream_at;

static inline bool stream_write(void *context, void *bytes, size_t count)
{
	(void)context;
	assert(count <= sizeof stream - stream_at);
	memcpy(stream + stream_at, bytes, count);
	stream_at += count;
	return true;
}

static inline bool stream_read(void *context, void *bytes, size_t count)
{
	(void)context;
	assert(count <= sizeof stream - stream_at);
	memcpy(bytes, stream + stream_at, count);
	stream_at += count;
	return true;
}

#endif
