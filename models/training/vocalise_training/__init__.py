"""Vocalise training: labelled singing, the streaming pitch network, its export and its measurement.

The order of the data is the order to read in: ``melody`` -> ``performance`` -> ``lf_voice`` or
``world_voice`` -> ``augment`` -> ``features`` + ``labels`` -> ``dataset`` -> ``train`` -> ``export``
-> ``decoder`` -> ``evaluate``.
"""
