// Random damage to good files of every format: whatever it makes of them, nothing but EmbedEngineException leaves.

using System.Text;
using EmbedEngine.Interactions;

namespace EmbedEngine.Tests.Interactions;

public sealed class ImportFuzzTests
{
    private const int Rounds = 400;

    public static TheoryData<string> Samples => new(
        "session,item,ts,event,user\n1,5,100,view,7\n1,\"6\",101,cart,7\n2,5,102.5,view,8\n2,\"a\"\"b\",103,\"x\ny\",9\n",
        "user_id\titem_id\ttime\n1\t2\t2019-10-01 00:00:00 UTC\n1\t3\t2019-10-01T00:00:01.5+01:00\n",
        "{\"session\":1,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"clicks\"},{\"aid\":8,\"ts\":1659304800026,"
            + "\"type\":\"carts\"}]}\n{\"session\":2,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"orders\"}]}\n",
        "{\"session_id\":\"a\\u00e4\",\"items\":[1,\"x\",-3],\"target\":5}\n{\"session_id\":\"b\",\"items\":[1,2]}\n");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Import_MutatedInput_EndsWellOrWithOurException(string sample)
    {
        byte[] good = Encoding.UTF8.GetBytes(sample);
        byte[] alphabet = [.. "\",{}[]:\n\r\t;\\0129-+.eE\0 ntuf"u8, 0xC3, 0xFF, 0xED];
        var random = new Random(sample.Length);
        int imported = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var bytes = new List<byte>(good);
            for (int k = random.Next(1, 6); k > 0 && bytes.Count > 0; k--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(5))
                {
                    case 0: bytes[at] = alphabet[random.Next(alphabet.Length)]; break;
                    case 1: bytes.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                    case 2: bytes.RemoveAt(at); break;
                    case 3: bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, good.Skip(random.Next(good.Length)).Take(random.Next(30))); break;
                }
            }
            byte[] file = random.Next(6) == 0 ? Mutate(ImportScratch.Gzip([.. bytes]), random) : [.. bytes];
            using var scratch = new ImportScratch();
            string path = scratch.Write("f", file);
            try
            {
                scratch.Import(path, sortCapacity: 2);
                scratch.Dump();
                imported++;
            }
            catch (EmbedEngineException e)
            {
                Assert.NotEqual(ErrorCode.Internal, e.Code);
                Assert.False(File.Exists(Path.Combine(scratch.Root, "000001.eel")));
                Assert.Equal(0, scratch.Items.Count);
            }
        }
        Assert.InRange(imported, 1, Rounds - 1); // Both outcomes were met, so the mutations are neither mild nor wild.
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    [Fact]
    public void OttoFastParser_MutatedLines_AgreesWithTheGeneralParser()
    {
        var random = new Random(11);
        var actions = new ActionTable();
        foreach (string name in (string[])["clicks", "carts", "orders"]) actions.GetOrAdd(Encoding.UTF8.GetBytes(name));
        var fast = new OttoFastParser(actions);
        var general = new SessionLineParser { Unit = TimeUnit.Milliseconds };
        var line = new SessionLine();
        byte[] good = Encoding.UTF8.GetBytes(
            "{\"session\":12,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"clicks\"},"
            + "{\"aid\":180,\"ts\":1659304800026,\"type\":\"carts\"}]}");
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int k = random.Next(0, 3); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)"0123456789\",{}[]: -.clikarts"[random.Next(28)];
            if (!fast.TryParse(bytes)) continue;
            taken++;
            Assert.True(general.TryParse(bytes, line, out string problem), problem);
            Assert.Equal(fast.Count, line.Count);
            Assert.Equal(fast.Session.ToString(), Encoding.UTF8.GetString(line.Text(line.Session)));
            for (int i = 0; i < fast.Count; i++)
            {
                Assert.Equal(fast.Items[i].ToString(), Encoding.UTF8.GetString(line.Text(line.Items[i])));
                Assert.Equal(fast.Times[i], line.Times[i]);
                Assert.Equal(fast.Actions[i], actions.GetOrAdd(line.Text(line.ActionNames[i])));
            }
        }
        Assert.InRange(taken, 2000, 19_000);
    }
}
