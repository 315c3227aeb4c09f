/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * printk: formatted text to the platform's console, one character at a time,
 * without a buffer, so that it works in any state the kernel can be in.  An
 * unknown conversion prints its letter.
 */
#include <core/klib.h>
#include <core/plat.h>

struct printk_spec {
	bool left, zero, wide;
	unsigned width;
};

static void printk_padding(char c, size_t used, unsigned width)
{
	for (; used < width; used++)
		plat_putc(c);
}

static void printk_string(const char *s, struct printk_spec spec)
{
	size_t length = strlen(s);

	if (!spec.left)
		printk_padding(' ', length, spec.width);
	while (*s)
		plat_putc(*s++);
	if (spec.left)
		printk_padding(' ', length, spec.width);
}

static void printk_number(uint64_t value, unsigned base, bool negative, struct printk_spec spec)
{
	char text[24], *p = text + sizeof(text) - 1;
	size_t digits = 0;

	*p = 0;
	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
		digits++;
	} while (value);
	if (spec.zero && !spec.left) {
		if (negative)
			plat_putc('-');
		printk_padding('0', digits + negative, spec.width);
		spec.width = 0;
	} else if (negative) {
		*--p = '-';
	}
	printk_string(p, spec);
}

/* Flags, width and length; returns where the conversion letter is. */
static const char *printk_parse(const char *f, struct printk_spec *spec)
{
	*spec = (struct printk_spec){ .width = 0 };
	for (; *f == '-' || *f == '0'; f++) {
		spec->left |= *f == '-';
		spec->zero |= *f == '0';
	}
	for (; *f >= '0' && *f <= '9'; f++)
		spec->width = spec->width * 10 + (unsigned)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		spec->wide = true;
	return f;
}

void vprintk(const char *format, va_list args)
{
	for (const char *f = format; *f; f++) {
		struct printk_spec spec;
		int64_t value;

		if (*f != '%') {
			plat_putc(*f);
			continue;
		}
		f = printk_parse(f + 1, &spec);
		switch (*f) {
		case 's':
			printk_string(va_arg(args, const char *), spec);
			break;
		case 'd':
			value = spec.wide ? va_arg(args, long) : va_arg(args, int);
			printk_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0,
				      spec);
			break;
		case 'u':
		case 'x':
			printk_number(spec.wide ? va_arg(args, unsigned long) :
						  va_arg(args, unsigned),
				      *f == 'u' ? 10 : 16, false, spec);
			break;
		case 'p':
			spec = (struct printk_spec){ .zero = true, .width = 16 };
			printk_number(va_arg(args, uintptr_t), 16, false, spec);
			break;
		case 0:
			return;
		default:
			plat_putc(*f == 'c' ? (char)va_arg(args, int) : *f);
		}
	}
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintk(format, args);
	va_end(args);
}
