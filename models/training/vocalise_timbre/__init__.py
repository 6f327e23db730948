"""Vocalise's timbre model: which of twenty instruments a second of sound is nearest to.

Read in this order: ``programs`` -> ``soundfonts`` -> ``phrases`` -> ``additive`` / ``stk`` / ``sonivox`` / ``mda`` / ``recordings`` ->
``play`` -> ``render`` -> ``windows`` -> ``model`` -> ``train`` -> ``export`` -> ``golden`` -> ``evaluate`` -> ``leave_out`` -> ``picker`` ->
``sung``.
"""
