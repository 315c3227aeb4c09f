/* SPDX-License-Identifier: BSD-2-Clause
 *
 * 82077AA: registers, phases, reset (data sheet 290166, chapters 2, 4 and 5).
 * Everything takes no time, and motors always turn.  Not modelled: PS/2 and Model 30
 * modes, power down, the FIFO's threshold (data by PIO come byte by byte), tape drives.
 */
#include "dev/block/i82077_core.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

enum {
	FDC_DOR = 2,
	FDC_TDR = 3,
	FDC_MSR_DSR = 4,
	FDC_FIFO = 5,
	FDC_DIR_CCR = 7,
};

#define MSR_READY 0x80
#define MSR_TO_HOST 0x40
#define MSR_NON_DMA 0x20
#define MSR_BUSY 0x10

#define DSR_RESET 0x80
#define RATE_MASK 0x03
#define RATE_RESET 2 /* 250 kbit/s */

#define DIR_CHANGED 0x80
#define DIR_FLOATS 0x7F

#define POSITION_MAX 82

static const struct floppy_format floppy_formats[] = {
	{ 320, 40, 1, 8, 0x6, 1 },   { 360, 40, 1, 9, 0x6, 1 },   { 640, 40, 2, 8, 0x6, 1 },
	{ 720, 40, 2, 9, 0x6, 1 },   { 1440, 80, 2, 9, 0x4, 4 },  { 2400, 80, 2, 15, 0x1, 2 },
	{ 2880, 80, 2, 18, 0x1, 4 }, { 3360, 80, 2, 21, 0x1, 4 }, { 5760, 80, 2, 36, 0x8, 5 },
};

static const struct floppy_format *floppy_format_of(const struct disk *disk)
{
	for (unsigned i = 0; disk && disk->sectors && i < COUNT_OF(floppy_formats); i++)
		if (disk->sectors <= floppy_formats[i].sectors)
			return &floppy_formats[i];
	return NULL;
}

uint8_t i82077_drive_type(const struct disk *disk)
{
	const struct floppy_format *format = floppy_format_of(disk);

	return format ? format->drive_type : 4;
}

struct floppy_drive *i82077_drive(struct i82077 *f, unsigned n)
{
	return n < I82077_DRIVES && f->drive[n].there ? &f->drive[n] : NULL;
}

static void floppy_insert(struct floppy_drive *d, struct disk *disk)
{
	d->format = floppy_format_of(disk);
	d->disk = d->format ? disk : NULL;
	d->changed = true;
}

void i82077_change_medium(struct i82077 *f, unsigned drive, struct disk *disk)
{
	floppy_insert(&f->drive[drive], disk);
}

/* Seeking ends the signal of a disk change if there is a disk. */
void i82077_step(struct i82077 *f, unsigned n, int steps)
{
	struct floppy_drive *d = i82077_drive(f, n);
	int position;

	if (!d)
		return;
	position = d->position + steps;
	if (position < 0)
		position = 0;
	d->position = (uint8_t)(position < POSITION_MAX ? position : POSITION_MAX);
	if (d->disk)
		d->changed = false;
}

/* INT and phases. */

static void i82077_drive_line(struct i82077 *f)
{
	irq_set(&f->irq, f->interrupt && (f->dor & DOR_GATE));
}

void i82077_interrupt(struct i82077 *f, bool level)
{
	f->interrupt = level;
	i82077_drive_line(f);
}

void i82077_idle(struct i82077 *f)
{
	f->phase = I82077_COMMAND;
	f->command_at = 0;
	f->result_at = f->result_count = 0;
	f->at = f->length = 0;
}

void i82077_answer(struct i82077 *f, unsigned count)
{
	i82077_idle(f);
	f->phase = I82077_RESULT;
	f->result_count = (uint8_t)count;
}

static bool i82077_is_reset(const struct i82077 *f)
{
	return !(f->dor & DOR_NOT_RESET);
}

/* Reset by DOR or DSR; what LOCK protects stays. */
static void i82077_software_reset(struct i82077 *f)
{
	i82077_idle(f);
	f->sense = 0;
	f->perpendicular &= 0x3C; /* GAP and WGATE go */
	if (!f->lock) {
		f->config = CONFIG_RESET;
		f->precompensation = 0;
	}
	memset(f->cylinder, 0, sizeof f->cylinder);
	i82077_interrupt(f, false);
}

/* Afterwards polling finds that all four drives have changed their ready lines. */
static void i82077_leave_reset(struct i82077 *f)
{
	if (f->config & CONFIG_POLL_OFF)
		return;
	f->sense = 0x0F;
	for (unsigned i = 0; i < 4; i++)
		f->sense_st0[i] = (uint8_t)(ST0_POLLED | i);
	i82077_interrupt(f, true);
}

/* Registers. */

static uint8_t i82077_main_status(const struct i82077 *f)
{
	if (i82077_is_reset(f))
		return 0;
	if (f->phase == I82077_RESULT)
		return MSR_READY | MSR_TO_HOST | MSR_BUSY;
	if (f->phase == I82077_EXECUTION)
		return (uint8_t)(MSR_READY | MSR_NON_DMA | MSR_BUSY |
				 (f->operation == I82077_READ ? MSR_TO_HOST : 0));
	return f->command_at ? MSR_READY | MSR_BUSY : MSR_READY;
}

/* A byte of PIO was moved. */
static void i82077_advance(struct i82077 *f)
{
	i82077_interrupt(f, false);
	if (++f->at == f->length)
		i82077_unit_done(f);
}

/* A seek is over that the host hasn't asked about; what polling found is told once. */
static bool i82077_has_seeked(const struct i82077 *f)
{
	for (unsigned i = 0; i < 4; i++)
		if ((f->sense & 1u << i) && (f->sense_st0[i] & ST0_SEEK_END))
			return true;
	return false;
}

static uint8_t i82077_read_data(struct i82077 *f)
{
	uint8_t value;

	if (f->phase == I82077_EXECUTION && f->operation == I82077_READ) {
		value = f->buffer[f->at];
		i82077_advance(f);
		return value;
	}
	if (f->phase != I82077_RESULT || i82077_is_reset(f)) {
		LOG(LOG_GUEST, "i82077: there is nothing to be read");
		return 0;
	}
	i82077_interrupt(f, false);
	value = f->result[f->result_at++];
	if (f->result_at == f->result_count) {
		i82077_idle(f);
		i82077_interrupt(f, i82077_has_seeked(f));
	}
	return value;
}

static void i82077_write_data(struct i82077 *f, uint8_t value)
{
	if (i82077_is_reset(f))
		return;
	if (f->phase == I82077_EXECUTION && f->operation != I82077_READ) {
		f->buffer[f->at] = value;
		i82077_advance(f);
		return;
	}
	if (f->phase != I82077_COMMAND) {
		LOG(LOG_GUEST, "i82077: %#x isn't expected now", value);
		return;
	}
	f->command[f->command_at++] = value;
	if (f->command_at == i82077_command_bytes(f->command[0]))
		i82077_execute(f);
}

static void i82077_write_dor(struct i82077 *f, uint8_t value)
{
	uint8_t before = f->dor;

	f->dor = value;
	if (!(value & DOR_NOT_RESET) && (before & DOR_NOT_RESET))
		i82077_software_reset(f);
	else if ((value & DOR_NOT_RESET) && !(before & DOR_NOT_RESET))
		i82077_leave_reset(f);
	i82077_drive_line(f);
}

static void i82077_write_dsr(struct i82077 *f, uint8_t value)
{
	f->rate = value & RATE_MASK;
	if (!(value & DSR_RESET) || i82077_is_reset(f))
		return;
	i82077_software_reset(f);
	i82077_leave_reset(f);
}

static uint8_t i82077_read_dir(struct i82077 *f)
{
	const struct floppy_drive *d = i82077_drive(f, f->dor & DOR_DRIVE);

	return d && d->changed ? DIR_CHANGED | DIR_FLOATS : DIR_FLOATS;
}

static uint64_t i82077_read(void *chip, gpa offset, unsigned size)
{
	struct i82077 *f = chip;

	(void)size;
	switch (offset) {
	case FDC_DOR:
		return f->dor;
	case FDC_TDR:
		return f->tdr;
	case FDC_MSR_DSR:
		return i82077_main_status(f);
	case FDC_FIFO:
		return i82077_read_data(f);
	case FDC_DIR_CCR:
		return i82077_read_dir(f);
	default:
		return 0xFF;
	}
}

static void i82077_write(void *chip, gpa offset, unsigned size, uint64_t wide)
{
	struct i82077 *f = chip;
	uint8_t value = (uint8_t)wide;

	(void)size;
	if (offset == FDC_DOR)
		i82077_write_dor(f, value);
	else if (offset == FDC_TDR)
		f->tdr = value & 3;
	else if (offset == FDC_MSR_DSR)
		i82077_write_dsr(f, value);
	else if (offset == FDC_FIFO)
		i82077_write_data(f, value);
	else if (offset == FDC_DIR_CCR)
		f->rate = value & RATE_MASK;
}

static void i82077_reset(void *chip)
{
	struct i82077 *f = chip;

	f->dor = 0;
	f->tdr = 0;
	f->rate = RATE_RESET;
	f->lock = false;
	i82077_software_reset(f);
	f->perpendicular = 0;
	memset(f->specify, 0, sizeof f->specify);
	memset(f->command, 0, sizeof f->command);
	memset(f->result, 0, sizeof f->result);
	memset(f->sense_st0, 0, sizeof f->sense_st0);
	memset(f->buffer, 0, sizeof f->buffer);
	f->operation = I82077_READ;
	f->unit = f->head = f->c = f->h = f->r = f->n = f->end = 0;
	f->id_at = f->st1 = f->st2 = 0;
	for (unsigned i = 0; i < I82077_DRIVES; i++) {
		f->drive[i].changed = true;
		f->drive[i].position = 0;
	}
}

/* Saving. */

static void i82077_transfer_state(struct i82077 *f, struct archive *a)
{
	uint8_t *const fields[] = { &f->operation, &f->unit, &f->head,  &f->c,   &f->h,  &f->r,
				    &f->n,         &f->end,  &f->id_at, &f->st1, &f->st2 };
	static const char *const names[] = { "operation", "unit", "head",  "c",   "h",  "r",
					     "n",         "end",  "id_at", "st1", "st2" };

	for (unsigned i = 0; i < COUNT_OF(fields); i++)
		archive_u8(a, names[i], fields[i]);
	archive_u16(a, "at", &f->at);
	archive_u16(a, "length", &f->length);
	archive_bytes(a, "buffer", f->buffer, sizeof f->buffer);
	archive_require(a, f->operation <= I82077_FORMAT && f->unit <= 3 && f->head <= 1);
	archive_require(a, f->length <= sizeof f->buffer);
	archive_require(a, (f->phase == I82077_EXECUTION) == (f->at < f->length));
	archive_require(a, f->phase != I82077_EXECUTION || f->operation != I82077_VERIFY);
}

static void i82077_drive_state(struct floppy_drive *d, struct archive *a)
{
	archive_bool(a, "changed", &d->changed);
	archive_u8(a, "position", &d->position);
	archive_require(a, d->position <= POSITION_MAX);
}

static void i82077_state(void *chip, struct archive *a)
{
	struct i82077 *f = chip;

	archive_u8(a, "dor", &f->dor);
	archive_u8(a, "tdr", &f->tdr);
	archive_u8(a, "rate", &f->rate);
	archive_u8(a, "phase", &f->phase);
	archive_bytes(a, "command", f->command, sizeof f->command);
	archive_u8(a, "command_at", &f->command_at);
	archive_bytes(a, "result", f->result, sizeof f->result);
	archive_u8(a, "result_at", &f->result_at);
	archive_u8(a, "result_count", &f->result_count);
	archive_bool(a, "interrupt", &f->interrupt);
	archive_u8(a, "sense", &f->sense);
	archive_bytes(a, "sense_st0", f->sense_st0, sizeof f->sense_st0);
	archive_bytes(a, "cylinder", f->cylinder, sizeof f->cylinder);
	archive_bytes(a, "specify", f->specify, sizeof f->specify);
	archive_u8(a, "config", &f->config);
	archive_u8(a, "precompensation", &f->precompensation);
	archive_u8(a, "perpendicular", &f->perpendicular);
	archive_bool(a, "lock", &f->lock);
	i82077_transfer_state(f, a);
	i82077_drive_state(&f->drive[0], a);
	i82077_drive_state(&f->drive[1], a);
	archive_require(a, f->rate <= RATE_MASK && f->phase <= I82077_RESULT && f->sense <= 15);
	archive_require(a, f->command_at < i82077_command_bytes(f->command[0]) || !f->command_at);
	archive_require(a, f->result_count <= sizeof f->result);
	archive_require(a, (f->phase == I82077_RESULT) == (f->result_at < f->result_count));
	if (archive_loading(a))
		i82077_drive_line(f);
}

static void i82077_destroy(void *chip)
{
	port_free(chip, sizeof(struct i82077));
}

struct i82077 *i82077_create(const struct i82077_config *config)
{
	struct i82077 *f = port_allocate(sizeof *f, PORT_PLAIN);

	if (!f)
		return NULL;
	f->irq = config->irq;
	f->dma = config->dma;
	for (unsigned i = 0; i < I82077_DRIVES; i++) {
		f->drive[i].there = config->drive[i].there;
		floppy_insert(&f->drive[i], config->drive[i].disk);
	}
	i82077_reset(f);
	return f;
}

const struct chip_ops i82077_ops = {
	.name = "i82077",
	.read = i82077_read,
	.write = i82077_write,
	.reset = i82077_reset,
	.state = i82077_state,
	.destroy = i82077_destroy,
	.max_bytes = 1,
};
