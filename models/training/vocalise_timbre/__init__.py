"""Vocalise's timbre model: which of twenty instruments a second of sound is nearest to.

Read in this order: ``programs`` -> ``soundfonts`` -> ``phrases`` -> ``play`` -> ``render`` -> ``windows`` -> ``model`` ->
``train`` -> ``export`` -> ``evaluate`` -> ``sung``.
"""
