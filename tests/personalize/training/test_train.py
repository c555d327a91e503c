import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from personalize.errors import SettingsError, WorkspaceError
from personalize.network.baseline import BaselineNetwork
from personalize.network.checkpoints import digest, load_base, load_network
from personalize.network.registry import make_network, name_of
from personalize.training.freezing import AGGREGATION_ALONE
from personalize.training.loop import learning_rate, setting_of_step, share_done
from personalize.training.settings import RECIPES, Machine, TrainingSettings
from personalize.training.state import begin, check_recipe, settings_json
from personalize.training.train import (
    compile_modules,
    knows_bfloat16,
    train,
)
from personalize.training.validation import validate

SETTINGS = TrainingSettings(size=32, batch=2, samples=8, optimizer="adamw", end_to_end=0.5)


class Squares:
    """Numbered samples of a bright square, person and part 7."""

    def compose(self, numbers):
        images, parts, person = (np.stack(values) for values in zip(*(self[n] for n in numbers)))
        return tuple(map(torch.from_numpy, (images.transpose(0, 3, 1, 2), parts, person)))

    def __getitem__(self, number):
        image = np.random.default_rng(number).integers(0, 99, (32, 32, 3), dtype=np.uint8)
        parts = np.zeros((4, 4), np.uint8)
        parts[1:3, 1:3] = 7
        image[8:24, 8:24] = 220
        return image, parts, (parts > 0).astype(np.uint8)


VALIDATION = [Squares()[number] for number in range(9000, 9004)]


def run(root, settings=SETTINGS, progress=iter):
    return train(
        root, Squares(), VALIDATION, settings, Machine(workers=0, minutes=0.0), progress=progress
    )


def killed(steps):
    for step in steps:
        if step == 2:
            raise KeyboardInterrupt
        yield step


def weights(network):
    return digest(network.state_dict())


@pytest.mark.parametrize("settings", [SETTINGS, replace(SETTINGS, averaging=6)])
def test_a_training_that_was_killed_ends_where_it_would_have(settings, tmp_path):
    whole = run(tmp_path / "whole", settings)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", settings, progress=killed)
    assert weights(run(tmp_path / "killed", settings)) == weights(whole)


@pytest.mark.parametrize(
    ("averaging", "shares"), [(100, [0.25] * 4), (4, [0.125, 0.125, 0.25, 0.5])]
)
def test_the_weights_that_are_kept_are_the_mean_of_the_last_steps(averaging, shares, tmp_path):
    end_to_end = replace(SETTINGS, end_to_end=1.0)
    steps = [run(tmp_path / str(n), replace(end_to_end, samples=n)) for n in (2, 4, 6, 8)]
    mean = run(tmp_path / "mean", replace(end_to_end, averaging=averaging))
    for values in zip(mean.parameters(), *(network.parameters() for network in steps)):
        expected = sum(share * value for share, value in zip(shares, values[1:]))
        torch.testing.assert_close(values[0], expected)
    written, _ = load_base(tmp_path / "mean" / "base.safetensors")
    assert torch.equal(next(written.parameters()), next(mean.parameters()))


def test_a_training_may_begin_to_average_on_its_way(tmp_path):
    first = run(tmp_path, replace(SETTINGS, samples=6))
    mean = run(tmp_path, replace(SETTINGS, averaging=100))
    alone = run(tmp_path)
    assert weights(mean) == weights(alone) != weights(first)  # one step is its own mean


def test_the_mean_goes_on_where_it_was(tmp_path):
    end_to_end = replace(SETTINGS, end_to_end=1.0, averaging=100)
    whole = run(tmp_path / "whole", end_to_end)
    run(tmp_path / "parted", replace(end_to_end, samples=4))
    assert weights(run(tmp_path / "parted", end_to_end)) == weights(whole)


def test_the_log_and_the_weights_tell_what_was_seen(tmp_path):
    run(tmp_path)
    with open(tmp_path / "log.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [int(line["samples"]) for line in lines] == [2, 4, 6, 8]
    _, facts = load_base(tmp_path / "base.safetensors")
    assert facts["samples"] == 8
    assert facts["recipe"]["batch"] == 2


def test_a_finished_training_goes_on_when_more_samples_are_asked_for(tmp_path):
    run(tmp_path)
    run(tmp_path, replace(SETTINGS, samples=12))
    _, facts = load_base(tmp_path / "base.safetensors")
    assert facts["samples"] == 12


def test_a_training_that_diverges_says_so_and_keeps_what_was_saved(tmp_path):
    run(tmp_path)
    saved = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SettingsError, match="after 10 images the training has diverged"):
        run(tmp_path, replace(SETTINGS, samples=12, learning_rate=float("inf")))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == saved


def test_fewer_samples_than_one_step_takes_are_refused(tmp_path):
    with pytest.raises(SettingsError, match="raise --samples"):
        run(tmp_path / "new", replace(SETTINGS, samples=1))
    assert not (tmp_path / "new").exists()


def test_a_new_training_starts_from_the_weights_that_it_is_given(tmp_path):
    run(tmp_path / "first")
    still = replace(SETTINGS, samples=2, learning_rate=0.0, end_to_end=0.0, weight_decay=0.0)
    start = tmp_path / "first" / "base.safetensors"
    train(tmp_path / "next", Squares(), VALIDATION, still, Machine(workers=0), start=start)
    loaded, _ = load_base(tmp_path / "next" / "base.safetensors")
    for name, weight in load_base(start)[0].named_parameters():
        assert torch.equal(weight, dict(loaded.named_parameters())[name])


def test_another_recipe_is_refused_in_the_same_folder(tmp_path):
    run(tmp_path)
    with pytest.raises(SettingsError, match="begun with other optimizer"):
        run(tmp_path, replace(SETTINGS, optimizer="rmsprop", samples=12))


def test_another_network_is_refused_in_the_same_folder(tmp_path):
    run(tmp_path)
    with pytest.raises(SettingsError, match="begun with other network"):
        run(tmp_path, replace(SETTINGS, network="baseline"))


def test_a_state_that_names_no_network_is_of_the_factored_one(tmp_path):
    saved = json.loads(settings_json(SETTINGS))
    del saved["network"]
    check_recipe(tmp_path, json.dumps(saved), SETTINGS)
    with pytest.raises(SettingsError, match="begun with other network"):
        check_recipe(tmp_path, json.dumps(saved), replace(SETTINGS, network="enet"))


@pytest.mark.parametrize("there", [True, False])
def test_bfloat16_is_refused_where_it_would_slow_the_training_down(tmp_path, monkeypatch, there):
    told = {"avx2": True, "avx512_bf16": there, "amx_bf16": False}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: told, raising=False)
    assert knows_bfloat16("cpu") is there
    assert knows_bfloat16("cuda")
    if not there:
        with pytest.raises(SettingsError, match="leave out --bfloat16"):
            train(
                tmp_path / "out", Squares(), VALIDATION, SETTINGS, Machine(workers=0, bfloat16=True)
            )
        assert not (tmp_path / "out").exists()


def test_weights_of_another_network_are_no_start(tmp_path):
    run(tmp_path)
    start = tmp_path / "base.safetensors"
    with pytest.raises(SettingsError, match="holds the network factored, and enet is to be"):
        begin(start, "enet", "cpu")


@pytest.mark.parametrize("name", ["baseline", "enet"])
def test_a_network_without_an_x_factor_goes_on_where_it_was_killed(name, tmp_path):
    settings = replace(SETTINGS, network=name)
    whole = run(tmp_path / "whole", settings)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", settings, progress=killed)
    assert weights(run(tmp_path / "killed", settings)) == weights(whole)
    loaded, facts = load_network(tmp_path / "whole" / "base.safetensors")
    assert name_of(loaded) == name
    assert facts["recipe"]["network"] == name
    with open(tmp_path / "whole" / "log.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["person_loss"] for line in lines] == ["nan"] * 4
    assert float(lines[-1]["parts_loss"]) > 0


def test_the_baseline_learns_squares_in_the_same_loop(tmp_path):
    settings = replace(SETTINGS, network="baseline", samples=200, batch=4, learning_rate=3e-3)
    network = train(tmp_path, Squares(), VALIDATION, settings, Machine(workers=0, minutes=60))
    assert isinstance(network, BaselineNetwork)
    assert validate(network, VALIDATION, 4, "cpu")["person_iou"] > 0.8


def test_squares_are_learned(tmp_path):
    settings = replace(SETTINGS, samples=200, batch=4, learning_rate=3e-3, end_to_end=1.0)
    network = train(tmp_path, Squares(), VALIDATION, settings, Machine(workers=0, minutes=60))
    assert validate(network, VALIDATION, 4, "cpu")["person_iou"] > 0.8


def test_the_paper_draws_all_four_settings_alike():
    paper = RECIPES["paper"]
    drawn = [setting_of_step(step, step / 400, paper) for step in range(400)]
    assert [drawn.count(setting) for setting in (1, 2, 3, 4)] == pytest.approx([100] * 4, abs=30)


def test_the_quick_recipe_begins_end_to_end():
    quick = replace(RECIPES["quick"], end_to_end=0.5)
    drawn = [setting_of_step(step, step / 200, quick) for step in range(200)]
    assert set(drawn[:100]) == {3}
    assert set(drawn[100:]) == {1, 2, 3, 4}


def test_a_network_without_an_x_factor_has_only_end_to_end_steps():
    baseline = replace(RECIPES["paper"], network="baseline")
    assert {setting_of_step(step, step / 400, baseline) for step in range(400)} == {3}


def test_the_aggregation_module_alone_learns_in_every_step():
    alone = replace(RECIPES["quick"], aggregation_alone=True)
    assert {setting_of_step(step, step / 400, alone) for step in range(400)} == {AGGREGATION_ALONE}


def test_the_learning_rate_rises_stays_and_falls():
    settings = TrainingSettings(samples=1000, batch=10, learning_rate=1.0, warmup=100, cooldown=0.2)
    rates = [rate(seen, settings) for seen in (0, 40, 100, 500, 800, 900, 1000)]
    assert rates == pytest.approx([0.1, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0])


def rate(seen, settings, minutes=0.0):
    return learning_rate(seen, share_done(seen, minutes, settings), settings)


def test_the_rate_falls_as_a_cosine_to_a_fiftieth():
    settings = TrainingSettings(
        samples=1000, batch=10, learning_rate=1.0, cooldown=0.5, fall="cosine"
    )
    rates = [rate(seen, settings) for seen in (0, 500, 750, 1000)]
    assert rates == pytest.approx([1.0, 1.0, 0.51, 0.02])


def test_the_schedule_follows_the_time_where_that_is_further():
    settings = TrainingSettings(
        samples=1000, batch=10, learning_rate=1.0, cooldown=0.5, minutes_total=10
    )
    assert share_done(200, 1.0, settings) == 0.2
    assert share_done(200, 7.5, settings) == 0.75
    assert share_done(200, 99.0, settings) == 1.0
    assert rate(200, settings, minutes=7.5) == pytest.approx(0.5)


def test_a_training_ends_with_its_time_and_goes_on_when_there_is_more(tmp_path):
    hasty = replace(SETTINGS, minutes_total=1e-6)
    run(tmp_path, hasty)
    assert load_base(tmp_path / "base.safetensors")[1]["samples"] == 2
    run(tmp_path, hasty)  # the time is over, but a training that is called takes a step
    assert load_base(tmp_path / "base.safetensors")[1]["samples"] == 4
    run(tmp_path, replace(SETTINGS, minutes_total=1e6))
    assert load_base(tmp_path / "base.safetensors")[1]["samples"] == 8


def test_the_paper_keeps_its_learning_rate():
    paper = RECIPES["paper"]
    assert rate(0, paper) == rate(paper.samples - 1, paper) == 5e-4


def test_validation_leaves_out_what_is_unknown():
    class Oracle(torch.nn.Module):
        def forward(self, images):
            from personalize.network.factored import Parsing

            bright = (images[:, :1, 4::8, 4::8] > 0.5).float()
            person = torch.cat((1 - bright, bright), dim=1)
            parts = torch.zeros((len(images), 32, 4, 4))
            parts[:, 7:8], parts[:, :1] = bright, 1 - bright
            return Parsing(person, parts)

    image, parts, person = Squares()[0]
    unknown = (image, np.full_like(parts, 255), np.where(person, 255, 0).astype(np.uint8))
    scores = validate(Oracle(), [(image, parts, person), unknown], 2, "cpu")
    assert scores == {"parts_iou": 1.0, "parts_accuracy": 1.0, "person_iou": 1.0}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's compiler, of itself
@pytest.mark.parametrize("name", ["factored", "enet"])
def test_compiling_keeps_the_weights_and_their_names(name):
    network = make_network(name)
    before = {name: values.clone() for name, values in network.state_dict().items()}
    compile_modules(network)
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)


def garbage(path):
    path.write_bytes(bytes(range(256)))


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-2000])


def of_another_type(path):
    torch.save([1, 2], path)


def of_a_pickle(path):
    torch.save({"settings": Squares()}, path)


def of_another_shape(path):
    saved = torch.load(path, weights_only=True)
    saved["network"]["initial.conv.bias"] = torch.zeros(2)
    torch.save(saved, path)


def without_steps(path):
    saved = torch.load(path, weights_only=True)
    torch.save({**saved, "seen": "many"}, path)


@pytest.mark.parametrize(
    "damage", [garbage, cut_off, of_another_type, of_a_pickle, of_another_shape, without_steps]
)
def test_a_state_that_is_damaged_is_one_sentence(damage, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, progress=killed)
    damage(tmp_path / "state.pt")
    with pytest.raises(WorkspaceError, match=r"state\.pt: is damaged, or of another .*remove it"):
        run(tmp_path)
