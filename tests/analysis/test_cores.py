"""Computing in threads of one core each."""

import torch

from ae.analysis.cores import one_core_each


def test_every_thread_computes_on_one_core_and_torch_gets_its_own_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_core_each() as threads:
            assert set(threads.map(lambda _: torch.get_num_threads(), range(20))) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
