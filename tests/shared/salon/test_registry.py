"""Which shard a salon is registered in, and who stands there."""

from shared.salon.registry import Entry, Registry, registry_path, shard_of

ACTIVE, PAUSED = Entry(status="active"), Entry(status="paused")


def test_a_salon_is_registered_in_the_same_shard_by_every_process_and_release() -> None:
    assert [shard_of(salon_id) for salon_id in ("s1", "glow", "salon-3", "मीरा")] == ["12", "13", "03", "01"]
    assert registry_path("07") == "registry/07"


def test_the_shards_are_all_used_and_there_are_no_others() -> None:
    assert {shard_of(f"salon{number}") for number in range(400)} == {f"{number:02}" for number in range(16)}


def test_a_salon_comes_changes_and_goes_and_the_others_stay() -> None:
    one = Registry(salons={"a": ACTIVE})
    both = one.having("b", PAUSED)
    assert both == Registry(salons={"a": ACTIVE, "b": PAUSED})
    assert both.having("b", ACTIVE).salons["b"] == ACTIVE
    assert both.having("b", None) == one == one.having("b", None)
