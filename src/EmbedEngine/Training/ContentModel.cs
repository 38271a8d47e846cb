namespace EmbedEngine.Training;

/// <summary>What was learned from the texts of a catalogue.</summary>
/// <param name="Dimensions">Directions kept; 0 where the texts have none.</param>
/// <param name="Items">Items that have a text: those the weights were counted over.</param>
/// <param name="Weights">Weight of each bucket.</param>
/// <param name="Directions">Right singular vectors, buckets × dimensions.</param>
/// <param name="Vectors">One row an item, of length 1, or 0 where it has nothing of the directions.</param>
internal sealed record ContentModel(
    int Dimensions, int Items, float[] Weights, float[] Directions, float[] Vectors);
