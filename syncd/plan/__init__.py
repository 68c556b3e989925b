"""What shall be done, and whether it may: from one moment of the world to a plan (design §4 to §7). Pure.

:mod:`world` is all that a plan is made from, :mod:`match` says who is who, :mod:`planner` makes the plan, :mod:`guard`
judges it, :mod:`render` shows it. The ``match_*`` modules are the steps of :func:`match.match`, in an order that is
their safety; :mod:`merge` and :mod:`fields` decide one field; :mod:`presence`, :mod:`adoption`, :mod:`removal` and
:mod:`milestones` whether an issue is there, shall be, or is let go; :mod:`recovery` and :mod:`evidence` find again what
a lost state or a lost answer hides. Nothing here asks which forge it is, nor reads a clock.
"""
