"""What must hold over everything that was ever written, whatever went wrong on the way. Each rule yields what breaks it."""

from collections.abc import Callable, Iterator

from tests.e2e.simulation import asking, counting, hearing, moving, recording, selling, tenancy
from tests.e2e.simulation.history import History

Rule = Callable[[History], Iterator[str]]

RULES: tuple[Rule, ...] = (
    moving.nothing_broke,
    selling.nothing_is_sold_twice,
    selling.no_room_is_sold_twice,
    selling.every_yes_has_an_end,
    selling.nothing_is_given_up_untried,
    selling.who_comes_sooner_gives_up_what_is_later,
    selling.gaps_are_free,
    selling.double_bookings_are_noticed,
    asking.one_message_leaves_once,
    asking.nothing_goes_out_unclaimed,
    asking.consent_and_hours_hold,
    asking.contact_limits_hold,
    asking.salon_limits_hold,
    asking.recipients_stay_within_the_tier,
    asking.promotion_keeps_its_pause,
    asking.nobody_asks_while_stopped,
    asking.what_leaves_was_looked_at_just_before,
    asking.asks_are_about_open_time,
    asking.nobody_is_asked_about_time_they_are_booked_in,
    asking.the_owner_allowed_it,
    hearing.nobody_is_asked_whose_message_waits,
    hearing.what_is_quoted_is_what_is_answered,
    hearing.no_bare_yes_books_while_a_question_waits,
    hearing.messages_are_answered_in_turn,
    counting.counters_equal_the_history,
    counting.campaigns_count_their_asks,
    counting.rounds_keep_their_pause,
    counting.each_offer_teaches_once,
    recording.every_change_has_its_record,
    recording.what_we_write_for_the_app_has_its_record,
    recording.records_are_never_rewritten,
    recording.trails_replay_to_what_is_stored,
    recording.everything_is_announced,
    recording.nothing_is_announced_before_it_is_committed,
    recording.only_allowed_steps,
    moving.whatever_waits_has_a_wake_up,
    moving.what_is_due_is_done_soon,
    moving.a_late_yes_is_answered_soon,
    moving.nothing_is_stuck,
    moving.a_place_waits_again_with_the_end_of_its_offer,
    tenancy.documents_are_of_one_tenant,
    tenancy.messages_are_of_one_tenant,
    tenancy.announcements_know_nobody,
    tenancy.logs_know_nobody,
)
