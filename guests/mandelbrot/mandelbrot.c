/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Mandelbrot set in 640 x 480 pixels of 16 colours, mode 12h: a PC program without an
 * operating system, for real mode and an i386.  First in squares of 8 pixels, then in
 * pixels.  The arrows move it, + and - zoom, C turns the colours, Home starts again.
 *
 * Numbers are fixed-point, with 28 bits behind the point.
 */
#include <stdint.h>

#define WIDTH 640
#define HEIGHT 464 /* below is a line of text */
#define LINE_BYTES (WIDTH / 8)
#define POINT 28
#define ONE (1 << POINT)
#define FIRST_STEP (ONE / 200)
#define LAST_STEP 64
#define COLOURS 14 /* and black and white */
#define STRIDE 64  /* pixels that the arrows move it */

#define KEY_UP 0x48
#define KEY_DOWN 0x50
#define KEY_LEFT 0x4b
#define KEY_RIGHT 0x4d
#define KEY_HOME 0x47

struct view {
	int32_t x, y; /* of the middle */
	int32_t step; /* from pixel to pixel */
	unsigned depth;
};

static const uint8_t colours[COLOURS][3] = {
	{ 4, 6, 24 },   { 6, 12, 36 },  { 8, 22, 48 },  { 12, 34, 58 }, { 24, 48, 63 },
	{ 46, 60, 63 }, { 63, 62, 48 }, { 63, 54, 24 }, { 63, 42, 8 },  { 54, 28, 4 },
	{ 40, 14, 6 },  { 28, 6, 12 },  { 18, 4, 20 },  { 10, 4, 22 },
};

static void out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

/* An index and a data register. */
static void set(uint16_t port, uint8_t index, uint8_t value)
{
	__asm__ volatile("outw %0, %1" ::"a"((uint16_t)(index | value << 8)), "Nd"(port));
}

/* BIOS calls; what they spoil is AX, BX, CX and DX. */
static uint16_t bios_video(uint16_t ax, uint16_t bx, uint16_t dx)
{
	uint16_t cx = 0;

	__asm__ volatile("pushl %%ebp; int $0x10; popl %%ebp"
			 : "+a"(ax), "+b"(bx), "+c"(cx), "+d"(dx)
			 :
			 : "esi", "edi", "cc", "memory");
	return ax;
}

static uint16_t bios_key(void)
{
	uint16_t ax = 0;

	__asm__ volatile("int $0x16" : "+a"(ax) : : "cc", "memory");
	return ax;
}

static int bios_has_key(void)
{
	uint16_t ax = 0x0100;
	uint8_t none;

	__asm__ volatile("int $0x16; setz %1" : "+a"(ax), "=qm"(none) : : "cc", "memory");
	return !none;
}

/* A byte of eight pixels in the planes that the map mask says. */
static void put_byte(uint16_t at, uint8_t bits)
{
	__asm__ volatile("movb %0, %%fs:(%1)" ::"q"(bits), "r"((uint32_t)at) : "memory");
}

static void set_colours(unsigned turn)
{
	out(0x3c8, 1);
	for (unsigned i = 0; i < COLOURS; i++)
		for (unsigned part = 0; part < 3; part++)
			out(0x3c9, colours[(i + turn) % COLOURS][part]);
	for (unsigned part = 0; part < 3; part++)
		out(0x3c9, 63);
}

static void say(const char *text)
{
	bios_video(0x0200, 0, 29 << 8);
	for (; *text; text++)
		bios_video((uint16_t)(0x0e00 | *text), 15, 0);
}

static void set_mode(void)
{
	bios_video(0x0012, 0, 0);
	/* Attributes are the first 16 colours of the DAC. */
	for (unsigned i = 0; i < 16; i++)
		bios_video(0x1000, (uint16_t)(i << 8 | i), 0);
	set_colours(0);
	__asm__ volatile("movw %w0, %%fs" ::"r"(0xa000));
	say(" Mandelbrot in mode 12h.  Arrows: move   + -: zoom   C: colours   Home: back");
}

static int32_t times(int32_t a, int32_t b)
{
	return (int32_t)((int64_t)a * b >> POINT);
}

/* 0 inside of the set, as far as one looks. */
static unsigned colour_of(int32_t cx, int32_t cy, unsigned depth)
{
	int32_t x = 0, y = 0;

	for (unsigned n = 0; n < depth; n++) {
		int32_t xx, yy;

		/* Squares of more have no room. */
		if (x > 2 * ONE || x < -2 * ONE || y > 2 * ONE || y < -2 * ONE)
			return 1 + n % COLOURS;
		xx = times(x, x);
		yy = times(y, y);
		if ((uint32_t)xx + (uint32_t)yy > 4u * ONE)
			return 1 + n % COLOURS;
		y = 2 * times(x, y) + cy;
		x = xx - yy + cx;
	}
	return 0;
}

static int32_t place_x(const struct view *v, unsigned column)
{
	return v->x + ((int32_t)column - WIDTH / 2) * v->step;
}

static int32_t place_y(const struct view *v, unsigned row)
{
	return v->y + ((int32_t)row - HEIGHT / 2) * v->step;
}

/* Eight pixels of different colours, or eight rows of one. */
static void put_eight(unsigned column, unsigned row, const uint8_t plane[4], unsigned rows)
{
	for (unsigned p = 0; p < 4; p++) {
		set(0x3c4, 2, (uint8_t)(1 << p));
		for (unsigned i = 0; i < rows; i++)
			put_byte((uint16_t)((row + i) * LINE_BYTES + column / 8), plane[p]);
	}
}

static void draw_square(const struct view *v, unsigned column, unsigned row)
{
	unsigned colour = colour_of(place_x(v, column + 4), place_y(v, row + 4), v->depth);
	uint8_t plane[4];

	for (unsigned p = 0; p < 4; p++)
		plane[p] = colour >> p & 1 ? 0xff : 0;
	put_eight(column, row, plane, 8);
}

static void draw_pixels(const struct view *v, unsigned column, unsigned row)
{
	uint8_t plane[4] = { 0 };

	for (unsigned i = 0; i < 8; i++) {
		unsigned colour = colour_of(place_x(v, column + i), place_y(v, row), v->depth);

		for (unsigned p = 0; p < 4; p++)
			plane[p] |= (uint8_t)((colour >> p & 1) << (7 - i));
	}
	put_eight(column, row, plane, 1);
}

/* Until it is complete, or a key is pressed. */
static void draw(const struct view *v)
{
	for (unsigned row = 0; row < HEIGHT && !bios_has_key(); row += 8)
		for (unsigned column = 0; column < WIDTH; column += 8)
			draw_square(v, column, row);
	for (unsigned row = 0; row < HEIGHT && !bios_has_key(); row++)
		for (unsigned column = 0; column < WIDTH; column += 8)
			draw_pixels(v, column, row);
}

static void start_again(struct view *v)
{
	*v = (struct view){ -ONE / 2, 0, FIRST_STEP, 48 };
}

static void zoom(struct view *v, int in)
{
	if (in && v->step > LAST_STEP) {
		v->step /= 2;
		v->depth += 12;
	} else if (!in && v->step < FIRST_STEP) {
		v->step *= 2;
		v->depth -= 12;
	}
}

/* Keys that leave the view as it is return 0. */
static int steer(struct view *v, uint8_t scan_code, char character)
{
	const int32_t stride = STRIDE * v->step;

	if (scan_code == KEY_LEFT && v->x > -2 * ONE)
		v->x -= stride;
	else if (scan_code == KEY_RIGHT && v->x < 2 * ONE)
		v->x += stride;
	else if (scan_code == KEY_UP && v->y > -2 * ONE)
		v->y -= stride;
	else if (scan_code == KEY_DOWN && v->y < 2 * ONE)
		v->y += stride;
	else if (scan_code == KEY_HOME)
		start_again(v);
	else if (character == '+' || character == '=' || character == '-')
		zoom(v, character != '-');
	else
		return 0;
	return 1;
}

void mandelbrot_main(void);

void mandelbrot_main(void)
{
	struct view view;
	unsigned turn = 0;
	int whole = 0;

	set_mode();
	start_again(&view);
	for (;;) {
		uint16_t key;

		if (!whole)
			draw(&view);
		whole = !bios_has_key();
		key = bios_key();
		if ((key & 0xdf) == 'C')
			set_colours(++turn);
		else if (steer(&view, (uint8_t)(key >> 8), (char)key))
			whole = 0;
	}
}
