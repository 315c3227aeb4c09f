/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's time: where the beam is, worked out of the clock when someone looks.  A line
 * and a frame last as the CRT controller's totals, the character's width and the dot clock
 * say; with DISPI, which has no timing, a frame is 1/60 s.
 *
 * Frames are counted since the last change of the timing, which begins a new one.
 */
#include <string.h>

#include "dev/display/vga_core.h"

#define DISPI_HZ 60

static unsigned vga_dots(const struct vga *v)
{
	unsigned dots = v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_8_DOTS ? 8 : 9;

	return v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_HALF_DOT_CLOCK ? 2 * dots : dots;
}

/* How long `characters` take.  Clocks 2 and 3 are the feature connector's, which has none. */
static uint32_t vga_characters_ns(const struct vga *v, unsigned characters)
{
	uint32_t hz = MISC_CLOCK(v->misc) == 1 ? 28322000 : 25175000;

	return (uint32_t)(characters * vga_dots(v) * NS_PER_SECOND / hz);
}

static uint32_t at_most(uint32_t value, uint32_t limit)
{
	return value < limit ? value : limit;
}

static struct vga_timing vga_crtc_timing(const struct vga *v)
{
	unsigned total = v->crtc[CR_HORIZONTAL_TOTAL] + 5u;
	unsigned shown = v->crtc[CR_HORIZONTAL_DISPLAY_END] + 1u;
	unsigned half = v->crtc[CR_MODE_CONTROL] & MODE_HALF_LINES ? 1 : 0;
	uint32_t lines = vga_crtc10(v, CR_VERTICAL_TOTAL, 0, 5) + 2;
	uint32_t start = at_most(vga_crtc10(v, CR_RETRACE_START, 2, 7), lines - 1);
	/* Four bits of the line at which it ends. */
	uint32_t length = ((v->crtc[CR_RETRACE_END] - start - 1) & 15) + 1;

	return (struct vga_timing){
		.line_ns = vga_characters_ns(v, total),
		.line_display_ns = vga_characters_ns(v, at_most(shown, total)),
		.lines = lines << half,
		.display_lines = (vga_crtc10(v, CR_VERTICAL_DISPLAY_END, 1, 6) + 1) << half,
		.retrace_line = start << half,
		.retrace_end_line = at_most(start + length, lines) << half,
	};
}

static struct vga_timing vga_dispi_timing(const struct vga *v)
{
	uint32_t shown = v->dispi_register[DISPI_YRES], lines = shown + shown / 25 + 2;
	uint32_t line_ns = (uint32_t)(NS_PER_SECOND / DISPI_HZ) / lines;

	return (struct vga_timing){
		.line_ns = line_ns,
		.line_display_ns = line_ns / 5 * 4,
		.lines = lines,
		.display_lines = shown,
		.retrace_line = shown + 1,
		.retrace_end_line = lines,
	};
}

static uint64_t vga_elapsed(const struct vga *v)
{
	uint64_t now = clock_now(v->clock);

	return now > v->epoch_ns ? now - v->epoch_ns : 0;
}

struct vga_timing vga_timing(const struct vga *v)
{
	return dispi_on(v) ? vga_dispi_timing(v) : vga_crtc_timing(v);
}

void vga_retime(struct vga *v)
{
	struct vga_timing t = vga_timing(v);

	if (memcmp(&t, &v->timing, sizeof t) == 0)
		return;
	if (v->timing.lines)
		v->retraces_before = vga_retraces(v);
	v->epoch_ns = clock_now(v->clock);
	v->timing = t;
}

uint64_t vga_retraces(const struct vga *v)
{
	const struct vga_timing *t = &v->timing;
	uint64_t frame_ns = (uint64_t)t->line_ns * t->lines;
	uint64_t first_ns = (uint64_t)t->line_ns * t->retrace_line;

	return v->retraces_before + (vga_elapsed(v) + frame_ns - first_ns) / frame_ns;
}

uint8_t vga_display_status(const struct vga *v)
{
	const struct vga_timing *t = &v->timing;
	uint64_t into = vga_elapsed(v) % ((uint64_t)t->line_ns * t->lines);
	uint32_t line = (uint32_t)(into / t->line_ns);
	bool blank = line >= t->display_lines || into % t->line_ns >= t->line_display_ns;
	bool retrace = line >= t->retrace_line && line < t->retrace_end_line;

	return (uint8_t)(blank | retrace << 3);
}

uint16_t vga_start_address(const struct vga *v)
{
	return vga_retraces(v) > v->start_changed_at ? vga_crtc16(v, CR_START_HIGH) :
						       v->start_shown;
}

void vga_start_changes(struct vga *v)
{
	v->start_shown = vga_start_address(v);
	v->start_changed_at = vga_retraces(v);
}
