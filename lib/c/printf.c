/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted output, see <stdio.h>.
 *
 * A format is taken apart into one `struct printf_spec` per conversion; what
 * it yields goes to a `struct printf_sink`, which is a bounded buffer or the
 * program's output function.
 */
#include <stdio.h>

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct printf_sink {
	char *buffer; /* NULL: the output function */
	size_t size;
	size_t length; /* of all there was to write, also what did not fit */
};

struct printf_spec {
	bool left, zero, plus, space, alternate;
	int width;
	int precision; /* -1: none */
	char length;   /* H for hh, L for ll, or h l z t j, 0 for none */
	char conversion;
};

static void (*stdio_put)(char c);

void stdio_set_putc(void (*put)(char c))
{
	stdio_put = put;
}

static void sink_put(struct printf_sink *sink, char c)
{
	if (!sink->buffer) {
		if (stdio_put)
			stdio_put(c);
	} else if (sink->length + 1 < sink->size) {
		sink->buffer[sink->length] = c;
	}
	sink->length++;
}

static void sink_pad(struct printf_sink *sink, char c, int count)
{
	while (count-- > 0)
		sink_put(sink, c);
}

static void sink_write(struct printf_sink *sink, const char *text, int n)
{
	while (n-- > 0)
		sink_put(sink, *text++);
}

/* Text with its padding. */
static void print_text(struct printf_sink *sink, const struct printf_spec *spec, const char *text,
		       int n)
{
	if (!spec->left)
		sink_pad(sink, ' ', spec->width - n);
	sink_write(sink, text, n);
	if (spec->left)
		sink_pad(sink, ' ', spec->width - n);
}

/* A number: padding, prefix (sign or 0x), zeros up to the precision, digits. */
static void print_number(struct printf_sink *sink, const struct printf_spec *spec,
			 const char *prefix, uint64_t value)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	const char *set = spec->conversion == 'X' ? upper : lower;
	unsigned base = spec->conversion == 'o' ? 8 : 10;
	int prefix_length = (int)strlen(prefix);
	char digits[24];
	int n = 0, zeros, total;

	if (spec->conversion == 'x' || spec->conversion == 'X' || spec->conversion == 'p')
		base = 16;
	for (; value; value /= base)
		digits[sizeof(digits) - (size_t)++n] = set[value % base];
	zeros = (spec->precision < 0 ? 1 : spec->precision) - n;
	if (spec->zero && !spec->left && spec->precision < 0 &&
	    zeros < spec->width - prefix_length - n)
		zeros = spec->width - prefix_length - n;
	if (zeros < 0)
		zeros = 0;
	if (spec->alternate && spec->conversion == 'o' && zeros == 0)
		zeros = 1;
	total = prefix_length + zeros + n;
	if (!spec->left)
		sink_pad(sink, ' ', spec->width - total);
	sink_write(sink, prefix, prefix_length);
	sink_pad(sink, '0', zeros);
	sink_write(sink, digits + sizeof(digits) - n, n);
	if (spec->left)
		sink_pad(sink, ' ', spec->width - total);
}

static int64_t take_signed(char length, va_list *args)
{
	switch (length) {
	case 'H':
		return (signed char)va_arg(*args, int);
	case 'h':
		return (short)va_arg(*args, int);
	case 0:
		return va_arg(*args, int);
	default: /* long, long long, size_t, ptrdiff_t and intmax_t are one size */
		return va_arg(*args, int64_t);
	}
}

static uint64_t take_unsigned(char length, va_list *args)
{
	switch (length) {
	case 'H':
		return (unsigned char)va_arg(*args, unsigned);
	case 'h':
		return (unsigned short)va_arg(*args, unsigned);
	case 0:
		return va_arg(*args, unsigned);
	default:
		return va_arg(*args, uint64_t);
	}
}

/* Parses digits or `*`.  Numbers beyond what a line can hold are cut. */
static const char *parse_count(const char *f, int *count, va_list *args)
{
	if (*f == '*') {
		*count = va_arg(*args, int);
		return f + 1;
	}
	for (*count = 0; *f >= '0' && *f <= '9'; f++)
		if (*count < 1 << 16)
			*count = *count * 10 + (*f - '0');
	return f;
}

static const char *parse_flags(const char *f, struct printf_spec *spec)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			spec->left = true;
			break;
		case '0':
			spec->zero = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->space = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		default:
			return f;
		}
	}
}

/* Parses what follows a `%`, the conversion character included. */
static const char *parse_spec(const char *f, struct printf_spec *spec, va_list *args)
{
	*spec = (struct printf_spec){ .precision = -1 };
	f = parse_flags(f, spec);
	f = parse_count(f, &spec->width, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = spec->width == INT_MIN ? 0 : -spec->width;
	}
	if (*f == '.') {
		f = parse_count(f + 1, &spec->precision, args);
		if (spec->precision < 0)
			spec->precision = -1;
	}
	if (strchr("hlztj", *f) && *f) {
		spec->length = *f++;
		if ((spec->length == 'h' || spec->length == 'l') && *f == spec->length) {
			spec->length = spec->length == 'h' ? 'H' : 'L';
			f++;
		}
	}
	spec->conversion = *f;
	return *f ? f + 1 : f;
}

static void print_signed(struct printf_sink *sink, const struct printf_spec *spec, int64_t value)
{
	const char *sign = spec->plus ? "+" : spec->space ? " " : "";

	if (value < 0)
		print_number(sink, spec, "-", -(uint64_t)value);
	else
		print_number(sink, spec, sign, (uint64_t)value);
}

static void print_unsigned(struct printf_sink *sink, const struct printf_spec *spec, uint64_t value)
{
	const char *prefix = "";

	if (spec->alternate && value && spec->conversion != 'u' && spec->conversion != 'o')
		prefix = spec->conversion == 'X' ? "0X" : "0x";
	print_number(sink, spec, prefix, value);
}

static void print_string(struct printf_sink *sink, const struct printf_spec *spec, const char *s)
{
	size_t max = spec->precision < 0 ? INT_MAX : (size_t)spec->precision;

	if (!s)
		s = "(null)";
	print_text(sink, spec, s, (int)strnlen(s, max));
}

static void print_conversion(struct printf_sink *sink, const struct printf_spec *spec,
			     va_list *args)
{
	char c;

	switch (spec->conversion) {
	case 'd':
	case 'i':
		print_signed(sink, spec, take_signed(spec->length, args));
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		print_unsigned(sink, spec, take_unsigned(spec->length, args));
		break;
	case 'p':
		print_number(sink, spec, "0x", (uintptr_t)va_arg(*args, void *));
		break;
	case 's':
		print_string(sink, spec, va_arg(*args, const char *));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		print_text(sink, spec, &c, 1);
		break;
	case 0:
		break;
	default: /* %% and what is unknown: printed as it is */
		sink_put(sink, spec->conversion);
	}
}

static int print_format(struct printf_sink *sink, const char *f, va_list list)
{
	struct printf_spec spec;
	va_list args;

	va_copy(args, list);
	while (*f) {
		if (*f != '%') {
			sink_put(sink, *f++);
			continue;
		}
		f = parse_spec(f + 1, &spec, &args);
		print_conversion(sink, &spec, &args);
	}
	va_end(args);
	return sink->length > INT_MAX ? INT_MAX : (int)sink->length;
}

int vsnprintf(char *to, size_t size, const char *format, va_list args)
{
	char nothing;
	struct printf_sink sink = { size ? to : &nothing, size, 0 };
	int length = print_format(&sink, format, args);

	if (size)
		to[sink.length < size ? sink.length : size - 1] = 0;
	return length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, size, format, args);
	va_end(args);
	return length;
}

int vprintf(const char *format, va_list args)
{
	struct printf_sink sink = { NULL, 0, 0 };

	return print_format(&sink, format, args);
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vprintf(format, args);
	va_end(args);
	return length;
}

int putchar(int c)
{
	struct printf_sink sink = { NULL, 0, 0 };

	sink_put(&sink, (char)c);
	return (unsigned char)c;
}

int puts(const char *s)
{
	return printf("%s\n", s);
}
