/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Saved state.  A chip describes its fields once, in one function that both saves
 * and loads, so that the two can't disagree:
 *
 *	static void timer_state(void *chip, struct archive *a)
 *	{
 *		struct timer *t = chip;
 *
 *		archive_u32(a, "load", &t->load);
 *		archive_u8(a, "fifo_count", &t->fifo_count);
 *		archive_require(a, t->fifo_count <= sizeof t->fifo);
 *		archive_bytes(a, "fifo", t->fifo, sizeof t->fifo);
 *	}
 *
 * A saved field carries its name and size; a file whose fields don't match is
 * refused with the name of the first that differs, and nothing was changed that
 * the caller doesn't throw away (a machine that failed to load is destroyed).
 * The stream: "L4VM-state", u32 version, records {kind, name, size, data} for sections
 * and fields, and the CRC-32C of all of it at the end; little-endian everywhere.
 */
#ifndef EMU_ARCHIVE_H
#define EMU_ARCHIVE_H

#include <emu/types.h>

#define ARCHIVE_VERSION 1

struct archive;

/* Where the bytes go or come from; returns false on an error of the medium. */
typedef bool archive_io(void *context, void *bytes, size_t count);

struct archive *archive_begin_save(archive_io *write, void *context);
struct archive *archive_begin_load(archive_io *read, void *context);

/* Writes or checks the checksum and frees the archive.  Returns true if all went
 * well; otherwise `error` (if not NULL) holds one sentence. */
bool archive_end(struct archive *a, char *error, size_t error_bytes);

/* Reads a stream of so many bytes to its end, and tells whether it is whole, so that a
 * machine isn't changed by one that is damaged.  Otherwise one sentence. */
bool archive_check(archive_io *read, void *context, uint64_t bytes, char *error,
		   size_t error_bytes);

bool archive_loading(const struct archive *a);
bool archive_failed(const struct archive *a);

/* All fields until the next section belong to the section `name` (at most 63
 * characters, as fields' names), for instance "pl011@10009000". */
void archive_section(struct archive *a, const char *name);

void archive_u8(struct archive *a, const char *name, uint8_t *value);
void archive_u16(struct archive *a, const char *name, uint16_t *value);
void archive_u32(struct archive *a, const char *name, uint32_t *value);
void archive_u64(struct archive *a, const char *name, uint64_t *value);
void archive_bool(struct archive *a, const char *name, bool *value);
void archive_bytes(struct archive *a, const char *name, void *bytes, size_t count);

/* Large memory: pages of zeros are left out, the others stored as they are. */
void archive_memory(struct archive *a, const char *name, hva memory, uint64_t bytes);

/* A loaded value breaks an invariant unless `holds`; ignored while saving.  After
 * a failure every load yields zeros, and archive_end reports it. */
void archive_require(struct archive *a, bool holds);
void archive_fail(struct archive *a, const char *reason);

#endif
