/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces of the tests.  Each is named, and kept while its threads come
 * and go, by an inactive thread.  The kernel interface page is where ktest has
 * it, so that lib/l4 works there unchanged.
 */
#include "ktest.h"

#define SPACES 16

static struct space spaces[SPACES];

struct l4_thread_id space_id(const struct space *s)
{
	return s ? s->id : main_id;
}

static struct l4_fpage space_kip_area(void)
{
	return l4_fpage((l4_word_t)l4_kip(), L4_KIP_LOG2_SIZE, 0);
}

struct space *space_new(void)
{
	struct space *s = spaces;

	while (!l4_is_nil(s->id))
		if (++s == spaces + SPACES)
			tap_give_up("harness: out of spaces");
	*s = (struct space){ .id = thread_fresh_id(), .image_rights = L4_RIGHTS_ALL };
	if (!l4_thread_control(s->id, s->id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED) ||
	    !l4_space_control(s->id, 0, space_kip_area(),
			      l4_fpage(CHILD_UTCBS, CHILD_UTCBS_LOG2, 0), L4_ANYTHREAD, NULL))
		check(false, "harness: can't create a space, error %llu",
		      (unsigned long long)l4_error_code());
	return s;
}

void space_delete(struct space *s)
{
	if (!l4_thread_control(s->id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED))
		check(false, "harness: can't delete a space, error %llu",
		      (unsigned long long)l4_error_code());
	space_forget(s);
}

void space_forget(struct space *s)
{
	s->id = L4_NILTHREAD;
}

/* Nil areas and a nil redirector are left as they are. */
bool space_set_redirector(struct space *s, struct l4_thread_id redirector)
{
	return l4_space_control(s->id, 0, L4_NILPAGE, L4_NILPAGE, redirector, NULL);
}

static l4_word_t space_control_word(const struct space *s)
{
	l4_word_t control = 0;

	if (!l4_space_control(space_id(s), 0, L4_NILPAGE, L4_NILPAGE, L4_NILTHREAD, &control))
		check(false, "harness: SpaceControl fails with %llu",
		      (unsigned long long)l4_error_code());
	return control;
}

unsigned space_kernel_pages(const struct space *s)
{
	return (unsigned)space_control_word(s);
}

unsigned space_kernel_limit(const struct space *s)
{
	return (unsigned)(space_control_word(s) >> 32);
}

bool space_set_limit(const struct space *s, unsigned pages)
{
	return l4_space_control(s->id, L4_SPACE_SET_LIMIT | pages, L4_NILPAGE, L4_NILPAGE,
				L4_NILTHREAD, NULL);
}

void space_cleanup(void)
{
	for (struct space *s = spaces; s < spaces + SPACES; s++)
		if (!l4_is_nil(s->id))
			space_delete(s);
}
