"""The command line as a whole: bad usage in one line, exit codes, signals, and no heavy imports for light commands."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import tiny
from waiting import wait_for

import ae
from ae.runs import queue, reading
from ae.runs.folders import create, list_runs

ROOT = Path(ae.__file__).parent.parent
FEW = ("--preset", "fast", "--dataset", "digits", "-e", "1", "-b", "500")


def python_m_ae(*arguments, **options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONUNBUFFERED", None)  # it hides errors when the output is flushed at the end
    command = [sys.executable, "-m", "ae", *map(str, arguments)]
    if os.name == "posix":  # in a shell's background, Ctrl+C would be ignored
        options["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **options)


# --------------------------------------------------------------------------------------------------------- bad usage

USAGE = [
    [],
    ["dance"],
    ["train", "--flux", "1"],
    ["train", "--preset", "quick"],
    ["train", "--preset", "a\nb"],
    ["train", "-z", "0"],
    ["train", "-z", "eight"],
    ["train", "-z"],
    ["train", "-z", "4", "785"],
    ["train", "-e", "2.5"],
    ["train", "-e", "1e9"],
    ["train", "-e", "1" + "0" * 400],
    ["train", "-e", "1" + "0" * 5000],
    ["train", "-b", "nan"],
    ["train", "-b", "-3"],
    ["train", "--learning-rate", "inf"],
    ["train", "--learning-rate", "fast"],
    ["train", "--dataset", "cifar"],
    ["train", "--model", "mlp5"],
    ["train", "--preset", "lab", "--model", "vae"],
    ["train", "--beta", "1"],
    ["train", "--penalty", "l2", "--penalty-weight", "1"],
    ["train", "--penalty", "l1"],
    ["train", "--penalty-weight", "1"],
    ["train", "--penalty", "mmd", "--penalty-weight", "1", "--code-activation", "sigmoid"],
    ["train", "--code-activation", "top-k", "--top-k", "9"],
    ["sweep", "--vary", "beta=1,2"],
    ["train", "--dataset", "digits", "--validation-images", "1500"],
    ["train", "-e", "1\n2"],
    ["train", "one\ntwo"],
    ["train", *FEW, "-s", "/no/such/folder/MLP.pth"],
    ["train", *FEW, "-s", "/no/such\nfolder/MLP.pth"],
    ["train", *FEW, "-s", "{tmp}"],
    ["train", *FEW, "-s", ""],
    ["train", *FEW, "-s", "{tmp}/" + "x" * 300],
    ["train", *FEW, "-s", "{tmp}/MLP.{{q}}.pth"],
    ["train", *FEW, "-s", "{tmp}/MLP.{{z.pth"],
    ["train", *FEW, "-s", "{tmp}/MLP.{{z.q}}.pth"],
    ["train", *FEW, "-s", "{tmp}/MLP.{{z[0]}}.pth"],
    ["train", *FEW, "-s", "{tmp}/MLP.pth", "-z", "4", "8"],
    ["train", *FEW, "-p", "{tmp}/loss.png", "-z", "4", "8"],
    ["train", *FEW, "-p", "{tmp}/loss.gif"],
    ["train", *FEW, "-p", "/no/such/folder/loss.png"],
    ["resume"],
    ["resume", "missing"],
    ["resume", "last"],
    ["stop", "../x"],
    ["show", ""],
    ["show", "last\nor not"],
    ["evaluate", "last"],
    ["delete", "missing", "--yes"],
    ["download", "digits"],
    ["download", "cifar"],
    ["app", "--port", "many"],
    ["app", "--port", "99999"],
]


@pytest.mark.parametrize("line", USAGE, ids=lambda line: repr(" ".join(line))[:60])
def test_bad_usage_is_one_line_and_exit_code_2_and_nothing_is_trained(call, line, tmp_path):
    code, out, err = call(*(word.format(tmp=tmp_path) if "{tmp}" in word else word for word in line))
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("python -m ae")
    assert "Traceback" not in err
    assert list_runs() == []


def test_help_and_version_are_exit_code_0(call):
    for words in (["--help"], ["train", "--help"], ["--version"]):
        code, out, err = call(*words)
        assert (code, err) == (0, "")
        assert out


OUT = "interpolate last -o a.png"
BAD = {
    "reconstruct missing -o a.png": "there is no run 'missing'",
    "reconstruct last -i 10000000 -o a.png": "There is no test image 10,000,000: use 0 to 296",
    "reconstruct last -i seven -o a.png": "'seven' is not an index",
    "reconstruct last -o a.jpg": "must end in .png",
    "reconstruct last -o nowhere/a.png": "nowhere/a.png can't be written: nowhere is not a folder",
    "reconstruct last --class eleven -o a.png": "unknown class 'eleven': choose from 0, 1, 2",
    "reconstruct last --worst 17 -o a.png": "use 1 to 16",
    "reconstruct last --best 0 -o a.png": "use 1 to 16",
    "reconstruct last --own text.png -o a.png": "text.png can't be read as a picture",
    "reconstruct last --own missing.png -o a.png": "missing.png can't be read: No such file or directory",
    "reconstruct last clothes -o a.png": "clothes was trained on fashion-mnist and",
    "reconstruct last": "-o",
    "denoise last --noise rain -o a.png": "unknown noise 'rain': choose from gaussian, uniform",
    "denoise last --strength nan -o a.png": "noise strength nan is out of range",
    "denoise last --strength=-1": "noise strength -1.0 is out of range",
    "denoise last -o a.txt": "must end in .png",
    "denoise last clothes": "choose runs of one dataset",
    f"{OUT} --way around": "unknown way 'around': choose from linear, spherical",
    f"{OUT} -n 0": "-n 0 is out of range: use 1 to 40 steps",
    f"{OUT} -n 41": "use 1 to 40 steps",
    f"{OUT} --to 297": "There is no test image 297: use 0 to 296",
    f"{OUT} --corners 0 -1": "There is no test image -1",
    "interpolate last --corners 0 1 -o a.gif": "a.gif: the file's name must end in .png",
    "interpolate last -o a.bmp": "must end in .png or .gif or .mp4 or .webm",
    "latent missing": "there is no run 'missing'",
    "latent last --csv a.txt": "must end in .csv",
    "latent empty": "has no weights yet: train it first",
    "decode last --code=1,2,3 -o a.png": "'1,2,3' is not a code of this model: use 4 finite numbers",
    "decode last --code=1,2,3,nan -o a.png": "use 4 finite numbers",
    "decode last --code=1,2,3,x -o a.png": "'1,2,3,x' is not a code",
    "decode last -o a.png": "pass either codes",
    "decode last --code=1,2,3,4 --sample 3 -o a.png": "pass either codes",
    "denoise last --sample 298": "--sample 298 is out of range: use 1 to 297",
    "denoise last --sample 0": "use 1 to 297",
    "decode last --sample 401 -o a.png": "use 1 to 400",
    "decode last --sample 4 --seed 99999999999999999999 -o a.png": "is not a seed: use a whole number from 0",
    "latent last --csv c.csv -o m.jpg": "m.jpg: the file's name must end in .png",
    "denoise last -o d.png --csv d.txt": "d.txt: the file's name must end in .csv",
    "replay last -o a.png": "must end in .gif",
    "report last -o a.htm": "must end in .html",
    "report last -o a.html --template thesis": "unknown template 'thesis': choose from standard, coursework",
    "report empty -o a.html": "has no weights yet",
    "report last clothes -o a.html": "choose runs of one dataset",
    "export last -o a.h5": "its name does not tell the format: add --format onnx|safetensors",
    "export last --format keras -o a.h5": "unknown format 'keras': choose from onnx, safetensors",
    "export last --format pth -o a.onnx": "a.onnx: the file's name must end in .pth",
    "export empty -o a.pth": "has no weights yet",
    "export last --format onnx -o text.png": "text.png is a file: name a new folder",
    "export last --format onnx -o .": "is not empty: name a new folder",
    "replay empty -o a.gif": "empty has no replay",
    "compare --csv a.txt": "must end in .csv",
    "compare last missing": "there is no run 'missing'",
    "rename last": "required: name",
    "tag last one,two": "is not allowed",
}


def test_an_impossible_request_is_one_line_and_leaves_no_file(call, finished, runs, tmp_path, monkeypatch):
    for name, recipe in (("clothes", tiny(dataset="fashion-mnist")), ("empty", tiny())):
        create(recipe).path.rename(runs / name)
    finished.path.rename(runs / "z")  # the newest, which "last" names
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "text.png").write_text("Seven\n")
    for words, sentence in BAD.items():
        code, out, err = call(*words.split())
        assert (code, out) == (2, ""), words
        assert err.startswith("python -m ae"), words
        assert sentence in err, words
        assert err.count("\n") == 1, words
        assert [path.name for path in work.iterdir()] == ["text.png"], words


# ------------------------------------------------------------------------------------------------------ light imports

LIGHT = (
    "--help",
    "list",
    "show last",
    "presets",
    "stop last",
    "rename last Other",
    "tag last good",
    "delete {id} --yes",
)

PROGRAM = """
import sys
from ae.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = {"torch", "torchvision", "pandas", "plotly", "sklearn", "scipy", "matplotlib", "streamlit"}
print("heavy:", *heavy & set(sys.modules))
"""


@pytest.mark.parametrize("words", LIGHT)
def test_light_commands_import_no_heavy_library(finished, words):
    command = [sys.executable, "-c", PROGRAM, *words.format(id=finished.id).split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy:"
    assert len(done.stdout.splitlines()) > 1 or "there is nothing to stop" in done.stderr


# --------------------------------------------------------------------------------------------------- real processes


def test_ctrl_c_keeps_the_run_names_the_resume_command_and_that_finishes_it(call, runs):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with python_m_ae("train", "--preset", "lab", "--dataset", "digits", "-e", 12, "-b", 16, **options) as process:
        wait_for(lambda: process.stdout.readline().startswith("epoch 2/12"), 60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    (run,) = list_runs()
    kept = reading.saved_epoch(run)
    assert process.returncode == 130
    assert 2 <= kept < 12
    assert f"the model of epoch {kept} of 12 is kept. Resume with: python -m ae resume {run.id}" in err
    assert "Traceback" not in err
    assert "\r" not in out + err
    assert queue.state(run) == "stopped"
    code, out, err = call("resume", run.id)
    assert code == 0
    assert f"Going on after epoch {kept}" in err
    assert [line.split()[1] for line in out.splitlines() if line.startswith("epoch")] == [
        f"{n}/12" for n in range(kept + 1, 13)
    ]
    assert queue.state(run) == "finished"


def test_a_closed_pipe_causes_no_error(finished):
    with python_m_ae("list", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()  # like head, only sooner
        err = process.stderr.read()
        assert process.wait(60) == 0
    assert err == ""


def test_the_module_returns_its_exit_code_to_the_shell(runs):
    with python_m_ae("resume", "missing", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err == f"python -m ae: there is no run 'missing' in {runs}: python -m ae list shows them\n"
