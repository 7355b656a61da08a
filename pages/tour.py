"""Tour: six steps, each with one claim, one picture and one thing to do."""

from ae import ui
from ae.ui import tour

tour.show(ui.page("Tour"))
