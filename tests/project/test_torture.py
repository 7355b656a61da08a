"""Campaigns are counted within a bounded time, whatever happens in them, and written into the document."""

import pytest
from failing_campaigns import dies, every_third_fails, hangs

from torture import __main__ as command
from torture import lanes, table
from torture.campaign import Campaign, run


def test_the_trials_of_a_seed_are_the_same_again():
    campaign = Campaign("thirds", "", 7, every_third_fails)
    tally = run(campaign, 1, 60)
    assert (tally.tried, [wrong.partition(":")[0] for wrong in tally.lost]) == (7, ["trial 3", "trial 6"])
    assert run(campaign, 1, 60).lost == tally.lost
    assert run(campaign, 2, 60).lost != tally.lost


def test_a_campaign_without_time_makes_one_trial():
    assert run(Campaign("thirds", "", 7, every_third_fails), 1, 0).tried == 1


def test_a_campaign_that_dies_or_hangs_has_lost_a_trial_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(lanes, "HANGING_SECONDS", 0.5)
    campaigns = [
        Campaign("dies", "", 9, dies),
        Campaign("hangs", "", 9, hangs),
        Campaign("alone", "", 9, every_third_fails, minutes=30, alone=True),
    ]
    tallies = {}
    lanes.run_all(campaigns, 1, 1, lambda tally: tallies.update({tally.name: tally}))
    assert {name: tally.tried for name, tally in tallies.items()} == {"dies": 2, "hangs": 2, "alone": 9}
    assert tallies["dies"].lost == ["trial 2: the campaign itself ended with exit code 3"]
    assert tallies["hangs"].lost == ["trial 2: it hung for 0.5 s"]


def test_the_counts_are_written_into_the_document(monkeypatch, tmp_path):
    monkeypatch.setattr(table, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(table, "DOCUMENT", tmp_path / "document.md")
    table.DOCUMENT.write_text(f"Before\n{table.BEGIN}\nearlier counts\n{table.END}\nAfter\n")
    thirds, others = Campaign("thirds", "nothing", 7, every_third_fails), Campaign("others", "", 1, every_third_fails)
    for campaign, seed in ((thirds, 1), (others, 1), (thirds, 2)):
        table.keep([run(campaign, seed, 60)])
    table.write([thirds, others])
    text = table.DOCUMENT.read_text()
    assert "| thirds | nothing | 7 | 5 | 2 | 2 |" in text
    assert "| **all** | | **8** | **6** | **2** | |" in text
    assert "- thirds, trial 3: lost 0." in text
    assert text.startswith(f"Before\n{table.BEGIN}\n\n|")
    assert text.endswith(f"{table.END}\nAfter\n")
    assert "earlier counts" not in text


def test_every_campaign_has_a_name_of_its_own_and_says_what_holds():
    found = command.campaigns()
    assert len(found) == sum(len(command.import_module(f"torture.{name}").CAMPAIGNS) for name in command.MODULES)
    assert all(each.promise and each.tries > 0 and each.minutes > 0 for each in found.values())


def test_an_unknown_campaign_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["torture", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert "unknown campaign 'nothing': choose from" in capsys.readouterr().err
