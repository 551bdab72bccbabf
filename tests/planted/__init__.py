"""Tests that can fail: known faults are planted in a copy of the rules, and each must be noticed by its tests."""
