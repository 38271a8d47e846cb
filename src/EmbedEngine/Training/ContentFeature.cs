namespace EmbedEngine.Training;

/// <summary>A hashed feature of an item's texts.</summary>
/// <param name="Kind">0 a whole value, 1 a word, 2 a part of a word.</param>
/// <param name="Bucket">What it is hashed to.</param>
/// <param name="Weight">1 + ln of how often it occurs, negative by the sign of its hash.</param>
internal readonly record struct ContentFeature(byte Kind, int Bucket, float Weight);
