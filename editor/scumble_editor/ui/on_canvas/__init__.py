"""What painting with models shows and takes on the canvas itself.

OnCanvas     one for the window; gives every canvas its overlays: on_canvas.py
Plans        what the daemon would do with what is asked for now: plans.py
Ghosts       previews of running jobs, in place, in no history: ghosts.py
Browsing     the variants of a result, one after another, until some are kept: browsing.py
Live         the canvas painted again and again while it is worked on: live.py
"""
